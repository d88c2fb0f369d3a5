package org.dreamboothactors.diffusion.kernels;

import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.Map;

/**
 * A part of a model that runs as one kernel.
 *
 * @param kernel its name
 * @param prefix of its parameters' names in the model, part included, e.g. {@code unet.conv_in.}
 * @param parameters by the rest of their names
 * @param numbers sizes and rates the kernel takes between inputs and parameters
 */
public record Block(String kernel, String prefix, Map<String, NDArray> parameters, List<NDArray> numbers) {
    public Block {
        numbers = List.copyOf(numbers);
    }

    /** Whether its parameters learn. */
    boolean learns() {
        return parameters.values().stream().anyMatch(NDArray::hasGradient);
    }
}
