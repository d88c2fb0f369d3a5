package org.dreamboothactors.diffusion.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIf;

class CudaDeviceTest {

    @Test
    void sayInOneWordWhatTheyAre() {
        assertThat(new CudaDevice("NVIDIA H200", 9, 0)).hasToString("NVIDIA_H200/sm_90");
    }

    @Test
    void multiplyBf16FromAmpereOn() {
        assertThat(new CudaDevice("NVIDIA A100", 8, 0).multipliesBf16()).isTrue();
        assertThat(new CudaDevice("Tesla V100", 7, 0).multipliesBf16()).isFalse();
    }

    @Test
    @DisabledIf(value = "hasDriver", disabledReason = "this machine has NVIDIA's driver")
    void thereIsNoneWithoutADriver() {
        assertThat(CudaDevice.first()).isEmpty();
    }

    static boolean hasDriver() {
        return Files.exists(Path.of("/proc/driver/nvidia"));
    }
}
