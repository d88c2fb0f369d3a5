package org.dreamboothactors.diffusion.training;

import ai.djl.ndarray.NDArray;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.dreamboothactors.diffusion.weights.Safetensors;

/** Weights, moments, averages and the number of steps in one safetensors file: all that training goes on from. */
public final class SavedState {
    private static final String STEP = "step";

    private SavedState() {}

    /** Writes whole or not at all. */
    public static void write(SortedMap<String, NDArray> state, long step, Path file) {
        Safetensors.write(state, Map.of(STEP, Long.toString(step)), file);
    }

    /** Copies a file's numbers into {@code targets} and returns its step. */
    public static long restore(Path file, SortedMap<String, NDArray> targets, Kernels kernels) {
        Safetensors saved = Safetensors.open(file);
        if (!saved.names().equals(targets.keySet())) {
            Set<String> odd = new TreeSet<>(saved.names());
            odd.removeAll(targets.keySet());
            Set<String> missing = new TreeSet<>(targets.keySet());
            missing.removeAll(saved.names());
            throw new IllegalArgumentException("Cannot go on from " + file + ": it has " + odd + " and lacks " + missing
                    + ", expected the tensors of this model. It is the state of another run");
        }
        String step = saved.metadata().getOrDefault(STEP, "");
        if (!step.matches("\\d{1,18}")) {
            throw new IllegalArgumentException(
                    "Cannot go on from " + file + ": its step is '" + step + "', expected a number");
        }
        targets.forEach((name, target) -> {
            try (NDArray source = saved.fp32(name, kernels.manager())) {
                if (!source.getShape().equals(target.getShape())) {
                    throw new IllegalArgumentException("Cannot go on from " + file + ": " + name + " is "
                            + source.getShape() + ", expected " + target.getShape());
                }
                kernels.assign(target, source);
            }
        });
        return Long.parseLong(step);
    }
}
