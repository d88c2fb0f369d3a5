package org.dreamboothactors.actors.work;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.dreamboothactors.actors.device.FakeDevice;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BaseModelsTest {
    @TempDir
    Path folder = Path.of("");

    /** As Hugging Face's transformers store a CLIP: its weights beside its settings. */
    @Test
    void judgesWithOtherWeightsAreOtherJudges() throws IOException {
        assertThat(digestOfJudge("one", "weights")).isEqualTo(digestOfJudge("copy", "weights"));
        assertThat(digestOfJudge("one", "weights")).isNotEqualTo(digestOfJudge("other", "other weights"));
    }

    private String digestOfJudge(String name, String weights) throws IOException {
        Path judge = Files.createDirectories(folder.resolve(name));
        Files.writeString(judge.resolve("config.json"), "{}");
        Files.writeString(judge.resolve("model.safetensors"), weights);
        Path model = FakeDevice.model(folder.resolve("model"));
        return new BaseModels(Map.of("toy", model), Map.of("toy", judge))
                .judge("toy")
                .orElseThrow()
                .digest();
    }
}
