package org.dreamboothactors.toyworld.pretraining;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecipeTest {
    @Test
    void shrinksToTheTimeThereIs() {
        Recipe whole = Recipe.bundled();
        Recipe half = whole.scaledTo(whole.minutes() / 2);

        assertThat(half.vae().steps()).isEqualTo(whole.vae().steps() / 2);
        assertThat(half.denoiser().steps()).isEqualTo(whole.denoiser().steps() / 2);
        assertThat(half.pictures()).isEqualTo(whole.pictures() / 2);
        assertThat(half.denoiser().rate().base())
                .isEqualTo(whole.denoiser().rate().base());
        assertThat(half.models()).isEqualTo(whole.models());
    }

    @Test
    void namesAKeyThatIsMissingOrUnknown(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("recipe.yaml");
        Recipe.bundled().write(file);
        assertThat(Recipe.read(file)).isEqualTo(Recipe.bundled());

        String text = Files.readString(file);
        Files.writeString(file, text + "colour: 1\n");
        assertThatThrownBy(() -> Recipe.read(file)).hasMessageContaining("colour");
        Files.writeString(file, text.replaceFirst("tokens: .*\n", ""));
        assertThatThrownBy(() -> Recipe.read(file)).hasMessageContaining("tokens");
    }
}
