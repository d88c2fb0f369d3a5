package org.dreamboothactors.diffusion.training;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Map;
import java.util.TreeMap;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.junit.jupiter.api.Test;

class AdamWTest {
    private static final long AT_ONCE = 1L << 21;
    private static final Optimizer.Hyperparameters SETTINGS =
            new Optimizer.Hyperparameters(LearningRate.constant(1e-2), 0.9, 0.999, 1e-8, 0.01);

    /** A tensor that is changed in several pieces ends as those pieces do when each is a tensor. */
    @Test
    void changesAllOfALargeTensor() {
        try (Kernels kernels = Kernels.open(Runtime.getRuntime().availableProcessors());
                NDManager scratch = kernels.manager().newSubManager()) {
            Shape shape = new Shape(3, AT_ONCE / 2 + 24);
            NDArray whole = kernels.manager().randomNormal(0, 1, shape, DataType.FLOAT32);
            NDArray gradient = kernels.manager().randomNormal(0, 1, shape, DataType.FLOAT32);
            NDArray before = whole.duplicate();
            NDList parts = whole.flatten().duplicate().split(new long[] {AT_ONCE});
            NDList slopes = gradient.flatten().split(new long[] {AT_ONCE});
            AdamW atOnce = new AdamW(kernels, new TreeMap<>(Map.of("w", whole)), SETTINGS);
            AdamW apart = new AdamW(kernels, new TreeMap<>(Map.of("a", parts.get(0), "b", parts.get(1))), SETTINGS);

            for (int step = 1; step <= 2; step++) {
                atOnce.step(step, Map.of("w", gradient), 0.5, scratch);
                apart.step(step, Map.of("a", slopes.get(0), "b", slopes.get(1)), 0.5, scratch);
            }

            NDArray joined = parts.get(0).concat(parts.get(1)).reshape(shape);
            assertThat(whole.contentEquals(joined)).isTrue();
            assertThat(whole.eq(before).any().getBoolean())
                    .as("some number stayed as it was")
                    .isFalse();
        }
    }
}
