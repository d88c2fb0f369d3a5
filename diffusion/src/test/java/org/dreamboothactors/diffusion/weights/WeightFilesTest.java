package org.dreamboothactors.diffusion.weights;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WeightFilesTest {
    @TempDir
    Path model;

    /** diffusers {@code _add_variant}, today and before 0.33; transformers has the first for its own name. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "diffusion_pytorch_model.safetensors.index.json",
                "diffusion_pytorch_model.safetensors.index.fp16.json",
                "diffusion_pytorch_model.safetensors.fp16.index.json",
                "model.safetensors.index.fp16.json"
            })
    void findsShardsByTheirIndex(String index) throws IOException {
        Path part = Files.createDirectory(model.resolve("unet"));
        try (Kernels kernels = Kernels.open(1)) {
            for (String name : new String[] {"a", "b"}) {
                Safetensors.write(
                        Map.of(name, kernels.manager().ones(new Shape(2))),
                        Map.of(),
                        part.resolve(name + ".safetensors"));
            }
        }
        Files.writeString(part.resolve(index), "{\"weight_map\":{\"a\":\"a.safetensors\",\"b\":\"b.safetensors\"}}");

        assertThat(WeightFiles.sources(part)).containsOnlyKeys("a", "b");
        assertThat(PipelineFiles.of(model).keySet())
                .extracting(Path::toString)
                .containsExactly("unet/a.safetensors", "unet/b.safetensors", "unet/" + index.replace(".fp16", ""));
    }
}
