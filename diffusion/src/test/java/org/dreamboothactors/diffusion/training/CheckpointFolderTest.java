package org.dreamboothactors.diffusion.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointFolderTest {

    @Test
    void copiesAllButTrainedWeights(@TempDir Path folder) throws IOException {
        Path base = folder.resolve("base");
        for (String file : new String[] {
            "model_index.json",
            "unet/config.json",
            "unet/diffusion_pytorch_model-00001-of-00002.safetensors",
            "unet/diffusion_pytorch_model.safetensors.index.json",
            "vae/diffusion_pytorch_model.safetensors"
        }) {
            Files.createDirectories(base.resolve(file).getParent());
            Files.writeString(base.resolve(file), "base");
        }
        Path target = folder.resolve("target");

        CheckpointFolder.write(base, target, Map.of("unet", file -> Files.writeString(file, "trained")));

        assertThat(target.resolve("unet/diffusion_pytorch_model.safetensors")).hasContent("trained");
        assertThat(target.resolve("vae/diffusion_pytorch_model.safetensors")).hasContent("base");
        assertThat(target.resolve("unet"))
                .isDirectoryNotContaining(file -> file.getFileName().toString().contains("index"));
        assertThat(target.resolve("unet"))
                .isDirectoryNotContaining(file -> file.getFileName().toString().contains("00001"));
    }
}
