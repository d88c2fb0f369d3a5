package org.dreamboothactors.diffusion;

import static org.assertj.core.api.Assertions.assertThat;

import org.dreamboothactors.diffusion.kernels.Kernels;
import org.junit.jupiter.api.Test;

class DecidedPrecisionTest {
    private static final int THREADS = Runtime.getRuntime().availableProcessors();

    @Test
    void whoAsksForWhatTheDeviceEmulatesIsToldWhatItCosts() {
        try (Kernels kernels = Kernels.open(THREADS)) {
            DecidedPrecision asked = DecidedPrecision.of(ComputePrecision.BF16, kernels, THREADS);

            assertThat(asked.precision()).isEqualTo(ComputePrecision.BF16);
            if (kernels.multiplyBf16()) {
                assertThat(asked.warning()).isEmpty();
            } else {
                assertThat(asked.warning().orElse("")).contains("slower than fp32", "times as long");
            }
        }
    }

    @Test
    void autoIsWhatTheDeviceMultipliesItselfAndNeedsNoWarning() {
        try (Kernels kernels = Kernels.open(THREADS)) {
            DecidedPrecision chosen = DecidedPrecision.of(ComputePrecision.AUTO, kernels, THREADS);

            assertThat(chosen.precision())
                    .isEqualTo(kernels.multiplyBf16() ? ComputePrecision.BF16 : ComputePrecision.FP32);
            assertThat(chosen.warning()).isEmpty();
        }
    }
}
