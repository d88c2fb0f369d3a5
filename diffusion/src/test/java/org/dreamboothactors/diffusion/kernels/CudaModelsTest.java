package org.dreamboothactors.diffusion.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CudaModelsTest {
    @TempDir
    Path driver;

    @Test
    void namesEachModelOnce() throws IOException {
        device("0000:1a:00.0", "NVIDIA H200");
        device("0000:1b:00.0", "NVIDIA A100-SXM4-80GB");
        device("0000:1c:00.0", "NVIDIA H200");

        assertThat(CudaModels.in(driver)).isEqualTo("NVIDIA_A100-SXM4-80GB+NVIDIA_H200");
    }

    @Test
    void saysWhatItDoesNotKnow() {
        assertThat(CudaModels.in(driver)).isEqualTo("unknown");
        assertThat(CudaModels.in(driver.resolve("missing"))).isEqualTo("unknown");
    }

    private void device(String bus, String model) throws IOException {
        Path folder = Files.createDirectories(driver.resolve(bus));
        Files.writeString(folder.resolve("information"), """
                Model: \t\t %s
                IRQ:   \t\t 153
                """.formatted(model));
    }
}
