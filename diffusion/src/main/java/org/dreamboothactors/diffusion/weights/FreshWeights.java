package org.dreamboothactors.diffusion.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.dreamboothactors.diffusion.schedulers.SplitMix64;

/**
 * Where the training of a model from nothing begins, from a seed, the same on every machine.
 *
 * <p>Norms pass on and biases are 0; a table's vectors have a deviation of 0.02; every other weight has the inverse root
 * of what flows in, so that a layer keeps the size of its signal (LeCun et al. 1998, section 4.6). With PyTorch's default,
 * smaller by sqrt(3), an autoencoder's latents begin weaker than the noise that is added to them.
 */
public final class FreshWeights {
    private static final double TABLE_DEVIATION = .02;
    private static final double SQRT_3 = Math.sqrt(3); // half the width of an even distribution of deviation 1

    private FreshWeights() {}

    /**
     * Weights by name.
     *
     * @param zero names of weights that begin at 0, such as the last ones of residual branches, which then pass on at first
     */
    public static SortedMap<String, NDArray> of(
            ExpectedShapes shapes, long seed, Predicate<String> zero, NDManager manager) {
        SortedMap<String, NDArray> weights = new TreeMap<>();
        shapes.byName().forEach((name, shape) -> {
            if (shape.dimension() == 1) {
                weights.put(name, name.endsWith(".bias") ? manager.zeros(shape) : manager.ones(shape));
            } else if (zero.test(name)) {
                weights.put(name, manager.zeros(shape));
            } else {
                double deviation = name.endsWith("embedding.weight")
                        ? TABLE_DEVIATION
                        : 1 / Math.sqrt((double) shape.size() / shape.get(0));
                weights.put(name, manager.create(even(shape, SQRT_3 * deviation, stream(seed, name)), shape));
            }
        });
        return weights;
    }

    private static long stream(long seed, String name) {
        long stream = SplitMix64.mix(seed);
        for (int i = 0; i < name.length(); i++) {
            stream = SplitMix64.mix(stream + name.charAt(i));
        }
        return stream;
    }

    private static float[] even(Shape shape, double most, long stream) {
        float[] values = new float[Math.toIntExact(shape.size())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (most * (2 * SplitMix64.unit(stream, i) - 1));
        }
        return values;
    }
}
