package org.dreamboothactors.diffusion.judging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.dreamboothactors.diffusion.images.Png;
import org.dreamboothactors.diffusion.images.RgbImage;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against transformers' CLIPModel and CLIPImageProcessor: {@code golden/make_clip.py}. */
class ClipOpinionTest {
    private static final Path CLIP = Path.of("src/test/resources/golden/clip");

    private final RgbImage picture = Png.read(CLIP.resolve("picture.png"));
    private JsonNode expected = new ObjectMapper().createObjectNode();
    private Kernels kernels;

    @TempDir
    Path folder = Path.of("");

    @BeforeEach
    void open() throws IOException {
        kernels = Kernels.open(Runtime.getRuntime().availableProcessors());
        expected = new ObjectMapper().readTree(CLIP.resolve("expected.json").toFile());
    }

    @AfterEach
    void close() {
        kernels.close();
    }

    @Test
    void seesPicturesAsTransformersDoes() {
        try (Opinion opinion = Opinion.open(CLIP, kernels)) {
            assertThat(opinion.see(List.of(picture)).getFirst().match())
                    .containsExactly(numbers(expected.path("picture")), within(2e-5f));
        }
    }

    @Test
    void readsTextsAsTransformersDoes() {
        List<String> texts = new ArrayList<>();
        expected.path("texts").forEach(text -> texts.add(text.asText()));

        try (Opinion opinion = Opinion.open(CLIP, kernels)) {
            List<float[]> read = opinion.read(texts);

            for (int i = 0; i < texts.size(); i++) {
                assertThat(read.get(i))
                        .containsExactly(numbers(expected.path("words").get(i)), within(2e-5f));
            }
        }
    }

    @Test
    void cutsAndNormalisesPicturesAsItsProcessorDoes() {
        float[] planes = ClipProcessor.read(CLIP, 32).planes(picture);

        float[] row = numbers(expected.path("planes_first_row"));
        assertThat(java.util.Arrays.copyOf(planes, row.length)).containsExactly(row, within(1e-5f));
        double sum = 0;
        for (float number : planes) {
            sum += number;
        }
        assertThat(sum / planes.length).isCloseTo(expected.path("planes_mean").asDouble(), within(1e-5));
    }

    @Test
    void refusesAFolderThatIsNoClip() throws IOException {
        try (Stream<Path> files = Files.list(CLIP)) {
            for (Path file : files.toList()) {
                Files.copy(file, folder.resolve(file.getFileName()));
            }
        }
        Path config = folder.resolve("config.json");
        Files.writeString(
                config, Files.readString(config).replace("\"model_type\": \"clip\"", "\"model_type\": \"siglip\""));

        assertThatThrownBy(() -> Opinion.open(folder, kernels))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("model_type is \"siglip\", expected clip");
    }

    private static float[] numbers(JsonNode node) {
        float[] numbers = new float[node.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) node.get(i).asDouble();
        }
        return numbers;
    }
}
