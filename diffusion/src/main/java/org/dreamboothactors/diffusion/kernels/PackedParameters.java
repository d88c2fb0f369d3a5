package org.dreamboothactors.diffusion.kernels;

import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.dreamboothactors.diffusion.kernels.Argument.Many;
import org.dreamboothactors.diffusion.kernels.Argument.One;

/**
 * A model's parameters for blocks that only go forward, in bf16: weights lie in the order in which oneDNN multiplies, which
 * it would else put them in at every run, a fifth of the time of Stable Diffusion's UNet. Kernels see it by the weights and
 * keep what flows between them with the channels last.
 *
 * <p>Names are those of diffusers, but queries, keys and values of self-attention are one product {@code attn1.to_qkv}, and
 * GEGLU's first product is two: {@code ff.net.0.proj} has the value, {@code ff.net.0.gate} the gate.
 */
public final class PackedParameters {
    private static final String WEIGHT = ".weight";
    private static final String QUERIES = "attn1.to_q.weight";
    private static final String KEYS = "attn1.to_k.weight";
    private static final String VALUES = "attn1.to_v.weight";
    private static final String GEGLU = "ff.net.0.proj.";
    /** A picture's last layer; bf16 would add as much noise to a pixel as its rounding to a byte. */
    private static final String LAST_OF_PICTURES = "decoder.conv_out.";

    private final SortedMap<String, NDArray> byName;
    private final Kernels kernels;
    private final SortedMap<String, NDArray> packed = new TreeMap<>();

    private PackedParameters(SortedMap<String, NDArray> byName, Kernels kernels) {
        this.byName = byName;
        this.kernels = kernels;
    }

    /** Whether there is such a form here: it is oneDNN's, for processors that multiply bf16. */
    public static boolean exist(Kernels kernels) {
        return !kernels.manager().getDevice().isGpu() && kernels.processor().multipliesBf16();
    }

    /** What they are for {@code byName}, which stays as it is; they belong to {@code kernels}. */
    public static SortedMap<String, NDArray> of(SortedMap<String, NDArray> byName, Kernels kernels) {
        PackedParameters parameters = new PackedParameters(byName, kernels);
        byName.forEach(parameters::pack);
        return parameters.packed;
    }

    private void pack(String name, NDArray array) {
        if (name.startsWith(LAST_OF_PICTURES)) {
            packed.put(name, array);
        } else if (name.endsWith(QUERIES)) {
            String prefix = name.substring(0, name.length() - QUERIES.length());
            packed.put(
                    prefix + "attn1.to_qkv.weight",
                    product(array, parameter(prefix + KEYS), parameter(prefix + VALUES)));
        } else if (name.endsWith(KEYS) || name.endsWith(VALUES)) {
            return; // with the queries
        } else if (name.contains(GEGLU)) {
            List<NDArray> halves = kernels.runForMany("halves", kernels.manager(), new One(array));
            packed.put(name, form(name, halves.get(0)));
            packed.put(name.replace(GEGLU, "ff.net.0.gate."), form(name, halves.get(1)));
        } else {
            packed.put(name, form(name, array));
        }
    }

    private NDArray parameter(String name) {
        return Objects.requireNonNull(byName.get(name), name);
    }

    private NDArray form(String name, NDArray array) {
        boolean weight = name.endsWith(WEIGHT);
        if (weight && array.getShape().dimension() == 4 && !isOfTokens(name)) {
            return convolution(array, name.contains("downsamplers.") ? 2 : 1);
        }
        return weight && array.getShape().dimension() > 1 ? product(array) : half(array);
    }

    /** Around the tokens of a transformer, a 1x1 convolution is computed as the product that it is. */
    private static boolean isOfTokens(String name) {
        return name.endsWith("proj_in.weight") || name.endsWith("proj_out.weight");
    }

    private NDArray product(NDArray... weights) {
        return kernels.run("packed_product", kernels.manager(), new Many(List.of(weights)));
    }

    private NDArray convolution(NDArray weight, int stride) {
        try (NDArray number = kernels.number(stride)) {
            return kernels.run("packed_convolution", kernels.manager(), new One(weight), new One(number));
        }
    }

    private NDArray half(NDArray array) {
        Arithmetic bf16 = new Arithmetic(true, false, true, false);
        return kernels.prepared(List.of(array), bf16, kernels.manager()).getFirst();
    }
}
