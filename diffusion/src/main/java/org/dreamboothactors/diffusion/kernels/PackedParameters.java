package org.dreamboothactors.diffusion.kernels;

import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dreamboothactors.diffusion.kernels.Argument.Many;
import org.dreamboothactors.diffusion.kernels.Argument.One;

/**
 * A model's parameters for blocks that only go forward, in bf16: weights lie in the order in which oneDNN multiplies, which
 * it would else put them in at every run. Kernels see it by the weights and keep what flows between them with the channels
 * last.
 *
 * <p>Names are those of diffusers, but without adapters beside them queries, keys and values of self-attention are one
 * product {@code attn1.to_qkv}, and GEGLU's first product is two: {@code ff.net.0.proj} has the value, {@code ff.net.0.gate}
 * the gate. Adapters stay products of their own: added to weights in bf16, most of what they learned would be rounded away.
 */
public final class PackedParameters {
    private static final Pattern QUERIES_KEYS_VALUES = Pattern.compile("(.*attn1\\.)to_([qkv])\\.weight");
    private static final Pattern GEGLU = Pattern.compile("(.*ff\\.net\\.0\\.)proj\\.(weight|bias)");
    /** Around the tokens of a transformer, a 1x1 convolution is computed as the product that it is. */
    private static final Pattern OF_TOKENS = Pattern.compile(".*\\.proj_(in|out)\\.weight");
    /** Of stride 2, as the kernels know. */
    private static final Pattern HALVES_THE_SIDE = Pattern.compile(".*\\.downsamplers\\..*");

    private static final String ADAPTER = ".lora_";

    private final SortedMap<String, NDArray> byName;
    private final Kernels kernels;
    private final SortedMap<String, NDArray> packed = new TreeMap<>();

    private PackedParameters(SortedMap<String, NDArray> byName, Kernels kernels) {
        this.byName = byName;
        this.kernels = kernels;
    }

    /** Whether there is such a form here: it is oneDNN's, for processors that multiply bf16. */
    public static boolean exist(Kernels kernels) {
        return !kernels.onCuda() && kernels.processor().multipliesBf16();
    }

    /** Those for {@code byName}, which stays as it is; they belong to {@code kernels}, but some share its memory. */
    public static SortedMap<String, NDArray> of(SortedMap<String, NDArray> byName, Kernels kernels) {
        PackedParameters parameters = new PackedParameters(byName, kernels);
        byName.forEach(parameters::pack);
        return parameters.packed;
    }

    private void pack(String name, NDArray array) {
        Matcher projection = QUERIES_KEYS_VALUES.matcher(name);
        Matcher geglu = GEGLU.matcher(name);
        if (projection.matches() && areAlone(projection.group(1), "to_q", "to_k", "to_v")) {
            if (projection.group(2).equals("q")) {
                packed.put(projection.group(1) + "to_qkv.weight", queriesKeysValues(projection.group(1)));
            }
        } else if (geglu.matches() && areAlone(geglu.group(1), "proj")) {
            List<NDArray> halves = kernels.runForMany("halves", kernels.manager(), new One(array));
            packed.put(name, form(name, halves.get(0)));
            packed.put(geglu.group(1) + "gate." + geglu.group(2), form(name, halves.get(1)));
        } else {
            packed.put(name, form(name, array));
        }
    }

    /** Whether no adapter is beside any of these layers. */
    private boolean areAlone(String prefix, String... layers) {
        return List.of(layers).stream().noneMatch(layer -> byName.containsKey(prefix + layer + ADAPTER + "A.weight"));
    }

    private NDArray queriesKeysValues(String prefix) {
        return product(
                parameter(prefix + "to_q.weight"),
                parameter(prefix + "to_k.weight"),
                parameter(prefix + "to_v.weight"));
    }

    private NDArray parameter(String name) {
        return Objects.requireNonNull(byName.get(name), name);
    }

    private NDArray form(String name, NDArray array) {
        if (!name.endsWith(".weight")
                || name.contains(ADAPTER)
                || array.getShape().dimension() < 2) {
            return inBf16(array);
        }
        if (array.getShape().dimension() == 2 || OF_TOKENS.matcher(name).matches()) {
            return product(array);
        }
        return convolution(array, HALVES_THE_SIDE.matcher(name).matches() ? 2 : 1);
    }

    private NDArray product(NDArray... weights) {
        return kernels.run("packed_product", kernels.manager(), new Many(List.of(weights)));
    }

    private NDArray convolution(NDArray weight, int stride) {
        try (NDArray number = kernels.number(stride)) {
            return kernels.run("packed_convolution", kernels.manager(), new One(weight), new One(number));
        }
    }

    private NDArray inBf16(NDArray array) {
        return kernels.prepared(List.of(array), Arithmetic.BF16, kernels.manager())
                .getFirst();
    }
}
