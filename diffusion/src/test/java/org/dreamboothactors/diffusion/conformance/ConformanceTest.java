package org.dreamboothactors.diffusion.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.dreamboothactors.diffusion.conformance.CaseResult.CannotRun;
import org.dreamboothactors.diffusion.conformance.CaseResult.Failed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConformanceTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tokenizer",
                "noise_schedule",
                "scheduler",
                "text_encoder",
                "unet",
                "vae",
                "training",
                "pipeline",
                "single_file",
                "nemo",
                "latent_pt"
            })
    void agreesWithDiffusers(String kind) {
        assertThat(Conformance.run(GOLDEN, Set.of(kind)))
                .isNotEmpty()
                .allSatisfy(result ->
                        assertThat(result.passed()).as(result.toString()).isTrue());
    }

    @Test
    void namesWhatItCannotRun(@TempDir Path folder) throws IOException {
        Files.createDirectories(folder.resolve("a"));
        Files.createDirectories(folder.resolve("b"));
        Files.writeString(folder.resolve("a/case.json"), "{\"kind\":\"crystal_ball\"}");
        Files.writeString(folder.resolve("b/case.json"), "{\"kind\":\"scheduler\",\"scheduler\":\"heun\"}");

        List<CaseResult> results = Conformance.run(folder, Set.of());

        assertThat(results).hasSize(2).allSatisfy(result -> {
            assertThat(result.passed()).isFalse();
            assertThat(result.outcome()).isInstanceOf(CannotRun.class);
        });
        assertThat(results.get(1).outcome().toString()).contains("heun").contains("dpmpp_2m");
    }

    @Test
    void noticesOneWrongToken(@TempDir Path folder) throws IOException {
        Path wrong = Files.createDirectories(folder.resolve("wrong"));
        String tokenizer = GOLDEN.resolve("clip-tokenizer").toAbsolutePath().toString();
        Files.writeString(
                wrong.resolve("case.json"),
                "{\"kind\":\"tokenizer\",\"tokenizer\":\"" + tokenizer
                        + "\",\"rows\":[{\"text\":\"dog\",\"ids\":[1],\"untruncated_length\":3}]}");

        assertThat(Conformance.run(folder, Set.of()).getFirst().outcome()).isInstanceOf(Failed.class);
    }

    @Test
    void showsABrokenCaseWhateverKindsAreAskedFor(@TempDir Path folder) throws IOException {
        Files.createDirectories(folder.resolve("broken"));
        Files.writeString(folder.resolve("broken/case.json"), "{");

        assertThat(Conformance.run(folder, Set.of("unet")))
                .singleElement()
                .satisfies(result -> assertThat(result.passed()).isFalse());
    }
}
