package org.dreamboothactors.diffusion.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.dreamboothactors.diffusion.kernels.Kernels.Codes;
import org.dreamboothactors.diffusion.weights.Weights;

/**
 * AdamW with moments in 8 bits (Dettmers et al. 2022, "8-bit Optimizers via Block-wise Quantization"; block-wise AdamW of
 * bitsandbytes): between steps a moment is a {@link DynamicMap} number times the largest of its block of 256.
 *
 * <p>Tensors of fewer than 4096 numbers keep fp32 moments, as there.
 */
public final class AdamW8bit implements Optimizer {
    private static final int BLOCK = 256;
    private static final int SMALLEST = 4096;

    private final Kernels kernels;
    private final Hyperparameters settings;
    private final SortedMap<String, NDArray> weights;
    private final AdamW small;
    private final SortedMap<String, Moments> large = new TreeMap<>();
    private final Codes signed;
    private final Codes unsigned;

    /** Codes (n), uint8, and the largest numbers of their blocks (n / 256, rounded up). */
    private record Moments(NDArray weight, NDArray means, NDArray meanScales, NDArray squares, NDArray squareScales) {}

    AdamW8bit(Kernels kernels, Weights part, Hyperparameters settings) {
        this.kernels = kernels;
        this.settings = settings;
        weights = part.learning(kernels.manager());
        SortedMap<String, NDArray> few = new TreeMap<>();
        weights.forEach((name, weight) -> {
            if (weight.size() < SMALLEST) {
                few.put(name, weight);
            } else {
                large.put(name, moments(weight, kernels.manager()));
            }
        });
        small = new AdamW(kernels, few, settings);
        signed = codes(true);
        unsigned = codes(false);
    }

    private Codes codes(boolean isSigned) {
        float[] map = DynamicMap.of(isSigned);
        float[] boundaries = DynamicMap.boundaries(map);
        NDManager manager = kernels.manager();
        return new Codes(
                manager.create(map), manager.create(boundaries), manager.create(DynamicMap.starts(boundaries)));
    }

    private static Moments moments(NDArray weight, NDManager manager) {
        Shape codes = new Shape(weight.size());
        Shape scales = new Shape(Math.ceilDiv(weight.size(), BLOCK));
        return new Moments(
                weight,
                manager.zeros(codes, DataType.UINT8),
                manager.zeros(scales),
                manager.zeros(codes, DataType.UINT8),
                manager.zeros(scales));
    }

    @Override
    public SortedMap<String, NDArray> weights() {
        return weights;
    }

    /** Codes with {@code state1.} and {@code state2.} in front, their scales with {@code absmax1.} and {@code absmax2.}. */
    @Override
    public SortedMap<String, NDArray> state() {
        SortedMap<String, NDArray> state = new TreeMap<>(small.state());
        large.forEach((name, moments) -> {
            state.put(name, moments.weight());
            state.put("state1." + name, moments.means());
            state.put("absmax1." + name, moments.meanScales());
            state.put("state2." + name, moments.squares());
            state.put("absmax2." + name, moments.squareScales());
        });
        return state;
    }

    @Override
    public void step(long number, Map<String, NDArray> gradients, double scale, NDManager scratch) {
        small.step(number, gradients, scale, scratch);
        large.forEach((name, moments) -> kernels.adamw8bit(
                moments.weight(),
                Optimizer.gradient(name, gradients),
                moments.means(),
                moments.meanScales(),
                signed,
                moments.squares(),
                moments.squareScales(),
                unsigned,
                settings.at(number, scale)));
    }
}
