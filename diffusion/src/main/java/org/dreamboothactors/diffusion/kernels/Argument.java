package org.dreamboothactors.diffusion.kernels;

import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.Map;

/** What a kernel is given, in the order of its parameters. */
sealed interface Argument {

    /** A {@code Tensor}. */
    record One(NDArray array) implements Argument {}

    /** A {@code List[Tensor]}; not empty. */
    record Many(List<NDArray> arrays) implements Argument {}

    /** A {@code Dict[str, Tensor]}; not empty. */
    record Named(Map<String, NDArray> arrays) implements Argument {}
}
