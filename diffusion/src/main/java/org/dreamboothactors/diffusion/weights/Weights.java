package org.dreamboothactors.diffusion.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.dreamboothactors.diffusion.kernels.Arithmetic;
import org.dreamboothactors.diffusion.kernels.Block;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.dreamboothactors.diffusion.kernels.PackedParameters;

/**
 * The parameters of one part of a model in memory, by their diffusers names. They live as long as the kernels.
 *
 * @param part folder of a diffusers model, {@code unet} for one
 * @param byName fp32, but those that do not learn are as {@code arithmetic} wants them
 * @param arithmetic how blocks over them compute
 */
public record Weights(String part, SortedMap<String, NDArray> byName, Arithmetic arithmetic) {

    /** Weights as they were loaded, for computing in fp32. */
    public Weights(String part, SortedMap<String, NDArray> byName) {
        this(part, byName, Arithmetic.PLAIN);
    }

    /** Lets every parameter learn. */
    public void learn() {
        byName.values().forEach(array -> array.setRequiresGradient(true));
    }

    /**
     * The numbers of parameters that learn, by part and name, to be changed in place: parameters themselves cannot be.
     *
     * @param owner of the views
     */
    public SortedMap<String, NDArray> learning(NDManager owner) {
        SortedMap<String, NDArray> learning = new TreeMap<>();
        byName.forEach((name, weight) -> {
            if (weight.hasGradient()) { // beside adapters, the weights stay
                NDArray plain = weight.stopGradient();
                plain.attach(owner);
                learning.put(part + "." + name, plain);
            }
        });
        return learning;
    }

    /**
     * The same for blocks that compute so. Parameters that do not learn are held in that form alone, and are freed in
     * theirs: call it after {@link #learn}.
     */
    public Weights computing(Arithmetic wanted, Kernels kernels) {
        if (wanted.asLoaded()) {
            return new Weights(part, byName, wanted);
        }
        SortedMap<String, NDArray> held = new TreeMap<>();
        byName.forEach((name, array) -> held.put(name, array.hasGradient() ? array : held(array, wanted, kernels)));
        return new Weights(part, held, wanted);
    }

    /** The same in bf16 for blocks that only go forward, beside these. They belong to {@code kernels}. */
    public Weights packed(Kernels kernels) {
        Arithmetic bf16 = new Arithmetic(true, false, arithmetic.flashAttention(), false);
        return new Weights(part, PackedParameters.of(byName, kernels), bf16);
    }

    /** Frees their memory before the kernels end; what was built over them cannot run any more. */
    public void free() {
        byName.values().forEach(NDArray::close);
    }

    /** {@code array} in the form that blocks without learning compute with, in its place. */
    static NDArray held(NDArray array, Arithmetic wanted, Kernels kernels) {
        NDArray prepared =
                kernels.prepared(List.of(array), wanted, kernels.manager()).getFirst();
        boolean shares = prepared.getDataType() == array.getDataType(); // maybe: with memory that may be Java's
        NDArray own = shares ? prepared.duplicate() : prepared;
        if (shares) {
            prepared.close();
        }
        array.close();
        return own;
    }

    /**
     * A block over all parameters whose names begin with {@code prefix}.
     *
     * @param numbers that the kernel takes before its parameters
     */
    public Block block(String kernel, String prefix, NDArray... numbers) {
        return layers(kernel, prefix, List.of(""), numbers);
    }

    /**
     * A block over all parameters for a kernel that deals them out to others.
     *
     * @param prefixes of those; a parameter belongs to the longest that fits
     */
    public Block whole(String kernel, List<String> prefixes, NDArray... numbers) {
        SortedMap<String, NDArray> parameters = new TreeMap<>();
        byName.forEach((name, array) -> {
            String prefix = prefixes.stream()
                    .filter(name::startsWith)
                    .max(Comparator.comparingInt(String::length))
                    .orElse("");
            parameters.put(prefix + Block.SEPARATOR + name.substring(prefix.length()), array);
        });
        return new Block(kernel, part + ".", parameters, List.of(numbers), arithmetic, Optional.empty());
    }

    /** A block over some layers only: names after {@code prefix} begin with one of {@code layers}. */
    public Block layers(String kernel, String prefix, List<String> layers, NDArray... numbers) {
        SortedMap<String, NDArray> parameters = new TreeMap<>();
        byName.tailMap(prefix).entrySet().stream()
                .takeWhile(entry -> entry.getKey().startsWith(prefix))
                .forEach(entry -> {
                    String rest = entry.getKey().substring(prefix.length());
                    if (layers.stream().anyMatch(rest::startsWith)) {
                        parameters.put(rest, entry.getValue());
                    }
                });
        return new Block(kernel, part + "." + prefix, parameters, List.of(numbers), arithmetic, Optional.empty());
    }
}
