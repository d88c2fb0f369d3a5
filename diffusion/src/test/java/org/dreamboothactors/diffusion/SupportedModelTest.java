package org.dreamboothactors.diffusion;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SupportedModelTest {
    @TempDir
    Path model;

    @BeforeEach
    void makeModel() {
        RandomModel.write(
                model.resolve("model"), RandomModel.Size.TINY, Path.of("src/test/resources/golden/clip-tokenizer"));
    }

    @Test
    void takesPartsThatFitEachOther() {
        SupportedModel.require(model.resolve("model"));
    }

    /** Too wide a text would be cut, and class images drawn from what is left, without a word. */
    @ParameterizedTest
    @CsvSource({
        "text_encoder, hidden_size, text_encoder's hidden_size is 96",
        "vae, latent_channels, vae's latent_channels is 96",
        "unet, norm_num_groups, unet's norm_num_groups is 96",
        "unet, layers_per_block, expected 1 to 256"
    })
    void refusesOthers(String part, String setting, String reason) throws IOException {
        Path config = model.resolve("model").resolve(part).resolve("config.json");
        String text = Files.readString(config);
        String number = setting.equals("layers_per_block") ? "2000000000" : "96";
        Files.writeString(config, text.replaceAll("\"" + setting + "\" ?: ?\\d+", "\"" + setting + "\": " + number));

        assertThatThrownBy(() -> SupportedModel.require(model.resolve("model"))).hasMessageContaining(reason);
    }
}
