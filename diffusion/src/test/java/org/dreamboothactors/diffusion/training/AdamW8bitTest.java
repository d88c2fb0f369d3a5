package org.dreamboothactors.diffusion.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.dreamboothactors.diffusion.weights.Safetensors;
import org.dreamboothactors.diffusion.weights.Weights;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against bitsandbytes' own steps, made by {@code make_adamw_8bit.py}. */
class AdamW8bitTest {
    private static final Safetensors GOLDEN =
            Safetensors.open(Path.of("src/test/resources/golden/adamw-8bit.safetensors"));
    private static final int STEPS = 4;
    private static final Optimizer.Hyperparameters SETTINGS =
            new Optimizer.Hyperparameters(LearningRate.constant(1e-2), 0.9, 0.999, 1e-8, 0.01);

    private static float[] golden(String name, Kernels kernels) {
        return GOLDEN.fp32(name, kernels.manager()).toFloatArray();
    }

    private static Weights part(Kernels kernels) {
        SortedMap<String, NDArray> weights = new TreeMap<>();
        weights.put("large", GOLDEN.fp32("weight", kernels.manager()));
        weights.put("small", kernels.manager().create(new float[] {1, 2, 3}));
        Weights part = new Weights("unet", weights);
        part.learn();
        return part;
    }

    private static void step(Optimizer optimizer, int number, Kernels kernels) {
        try (NDManager scratch = kernels.manager().newSubManager()) {
            optimizer.step(
                    number,
                    Map.of(
                            "unet.large", GOLDEN.fp32("gradient." + number, scratch),
                            "unet.small", scratch.create(new float[] {1, -1, 0.5f})),
                    1,
                    scratch);
        }
    }

    private static NDArray of(Map<String, NDArray> arrays, String name) {
        return Objects.requireNonNull(arrays.get(name), name);
    }

    @Test
    void mapsAreThoseOfTheReference() {
        try (Kernels kernels = Kernels.open(1)) {
            assertThat(DynamicMap.of(true)).containsExactly(golden("map.signed", kernels), within(1e-7f));
            assertThat(DynamicMap.of(false)).containsExactly(golden("map.unsigned", kernels), within(1e-7f));
        }
    }

    @Test
    void stepsAsTheReferenceDoes() {
        try (Kernels kernels = Kernels.open(1)) {
            Optimizer optimizer = Optimizer.of(OptimizerKind.ADAMW_8BIT, kernels, part(kernels), SETTINGS);
            for (int i = 1; i <= STEPS; i++) {
                step(optimizer, i, kernels);
                near(of(optimizer.weights(), "unet.large").toFloatArray(), golden("weight." + i, kernels));
            }
            Map<String, NDArray> state = optimizer.state();
            for (String moment : new String[] {"1", "2"}) {
                near(of(state, "absmax" + moment + ".unet.large").toFloatArray(), golden("absmax" + moment, kernels));
                assertThat(of(state, "state" + moment + ".unet.large").toUint8Array())
                        .isEqualTo(ints(golden("state" + moment, kernels)));
            }
        }
    }

    private static void near(float[] ours, float[] theirs) {
        assertThat(ours).hasSameSizeAs(theirs);
        for (int i = 0; i < ours.length; i++) {
            assertThat(ours[i])
                    .as("number %d", i)
                    .isCloseTo(theirs[i], within(1e-6f * Math.max(1, Math.abs(theirs[i]))));
        }
    }

    private static int[] ints(float[] values) {
        int[] ints = new int[values.length];
        for (int i = 0; i < ints.length; i++) {
            ints[i] = (int) values[i];
        }
        return ints;
    }

    @Test
    void smallTensorsKeepExactMoments() {
        try (Kernels kernels = Kernels.open(1)) {
            Optimizer exact = Optimizer.of(OptimizerKind.ADAMW, kernels, part(kernels), SETTINGS);
            Optimizer eight = Optimizer.of(OptimizerKind.ADAMW_8BIT, kernels, part(kernels), SETTINGS);
            step(exact, 1, kernels);
            step(eight, 1, kernels);

            assertThat(of(eight.weights(), "unet.small").toFloatArray())
                    .isEqualTo(of(exact.weights(), "unet.small").toFloatArray());
            assertThat(eight.state()).containsKeys("exp_avg.unet.small", "state1.unet.large");
        }
    }

    @Test
    void goesOnFromASavedStateBitForBit(@TempDir Path folder) {
        try (Kernels kernels = Kernels.open(1)) {
            Optimizer first = Optimizer.of(OptimizerKind.ADAMW_8BIT, kernels, part(kernels), SETTINGS);
            step(first, 1, kernels);
            step(first, 2, kernels);
            SavedState.write(first.state(), 2, folder.resolve("state"));
            step(first, 3, kernels);

            Optimizer second = Optimizer.of(OptimizerKind.ADAMW_8BIT, kernels, part(kernels), SETTINGS);
            SavedState.restore(folder.resolve("state"), second.state(), kernels);
            step(second, 3, kernels);

            SavedState.write(first.state(), 3, folder.resolve("a"));
            SavedState.write(second.state(), 3, folder.resolve("b"));
            assertThat(folder.resolve("b")).hasSameBinaryContentAs(folder.resolve("a"));
        }
    }
}
