package org.dreamboothactors.diffusion.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import java.util.TreeMap;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.junit.jupiter.api.Test;

/** Values of {@code EMAModel} of diffusers 0.42.1. */
class EmaTest {

    @Test
    void keepsMoreOfThePastAsItGrows() {
        assertThat(new double[] {
                    Ema.decayAt(1, 0.95),
                    Ema.decayAt(2, 0.95),
                    Ema.decayAt(3, 0.95),
                    Ema.decayAt(10, 0.95),
                    Ema.decayAt(200, 0.95)
                })
                .containsExactly(new double[] {0, 0.18181818181818182, 0.25, 0.5263157894736842, 0.95}, within(1e-15));
    }

    @Test
    void averagesAndTakesThePlaceOfTheWeights() {
        try (Kernels kernels = Kernels.open(Runtime.getRuntime().availableProcessors())) {
            NDArray weight = kernels.manager().create(new float[] {1, 2});
            TreeMap<String, NDArray> weights = new TreeMap<>();
            weights.put("w", weight);
            Ema ema = new Ema(kernels, 0.15, weights);
            for (int step = 1; step <= 4; step++) {
                weight.addi(1);
                ema.update(step);
            }
            NDArray average = ema.averages().values().iterator().next();

            assertThat(average.toFloatArray()).containsExactly(new float[] {4.824125f, 5.824125f}, within(1e-6f));
            ema.inPlaceOfWeights(() -> assertThat(weight.toFloatArray())
                    .containsExactly(new float[] {4.824125f, 5.824125f}, within(1e-6f)));
            assertThat(weight.toFloatArray()).containsExactly(5, 6);
            assertThatThrownBy(() -> ema.inPlaceOfWeights(() -> {
                        throw new IllegalStateException("the disk is full");
                    }))
                    .hasMessage("the disk is full");
            assertThat(weight.toFloatArray()).containsExactly(5, 6);
            assertThat(average.toFloatArray()).containsExactly(new float[] {4.824125f, 5.824125f}, within(1e-6f));
        }
    }
}
