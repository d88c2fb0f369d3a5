package org.dreamboothactors.diffusion.kernels;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A part of a model that runs as one kernel.
 *
 * @param kernel its name
 * @param prefix of its parameters' names in the model, part included, e.g. {@code unet.conv_in.}
 * @param parameters by the rest of their names
 * @param numbers sizes and rates the kernel takes between inputs and parameters
 * @param arithmetic how it computes; parameters that learn are cast to it when the block runs
 * @param reverse kernel of its way back, from inputs, numbers and the result's gradient to those of the inputs; where
 *     there is none libtorch finds the way. Only for blocks without parameters
 */
public record Block(
        String kernel,
        String prefix,
        Map<String, NDArray> parameters,
        List<NDArray> numbers,
        Arithmetic arithmetic,
        Optional<String> reverse) {
    /** Stands in a parameter's name where a kernel wants to know whose it is; it is no part of the name. */
    public static final String SEPARATOR = "|";

    public Block {
        numbers = List.copyOf(numbers);
    }

    /** A block that computes in fp32. */
    public Block(String kernel, String prefix, Map<String, NDArray> parameters, List<NDArray> numbers) {
        this(kernel, prefix, parameters, numbers, Arithmetic.PLAIN, Optional.empty());
    }

    /** The same with a kernel for the way back, which every input gets a gradient from. */
    public Block withReverse(String back) {
        return new Block(kernel, prefix, parameters, numbers, arithmetic, Optional.of(back));
    }

    /** A parameter's name in the model. */
    String nameOf(String parameter) {
        return prefix + parameter.replace(SEPARATOR, "");
    }

    /** Whether its parameters learn. */
    boolean learns() {
        return parameters.values().stream().anyMatch(NDArray::hasGradient);
    }

    /**
     * Parameters as a block runs with them.
     *
     * @param made for this run alone
     */
    record Ready(Map<String, NDArray> parameters, List<NDArray> made) implements AutoCloseable {
        @Override
        public void close() {
            made.forEach(NDArray::close);
        }
    }

    /** Its parameters, those that learn in the types it computes in: as leaves of their own, owned by {@code owner}. */
    Ready ready(Kernels kernels, NDManager owner) {
        if (arithmetic.asLoaded() || !learns()) {
            return new Ready(parameters, List.of());
        }
        List<Map.Entry<String, NDArray>> learning = parameters.entrySet().stream()
                .filter(entry -> entry.getValue().hasGradient())
                .toList();
        List<NDArray> made =
                kernels.prepared(learning.stream().map(Map.Entry::getValue).toList(), arithmetic, owner);
        Map<String, NDArray> ready = new TreeMap<>(parameters);
        for (int i = 0; i < made.size(); i++) {
            made.get(i).setRequiresGradient(true);
            ready.put(learning.get(i).getKey(), made.get(i));
        }
        return new Ready(ready, made);
    }
}
