package org.dreamboothactors.diffusion.training;

import ai.djl.ndarray.NDArray;
import java.lang.foreign.MemorySegment;
import org.dreamboothactors.diffusion.kernels.Kernels;

/** How gradients come into the memory that ranks sum, and the sums out of it. Owned by the trainer's thread. */
sealed interface Placing permits InPlace, ThroughHost {

    /** What suits the device that these run on. */
    static Placing on(Kernels kernels) {
        return kernels.onCuda() ? new ThroughHost(kernels) : new InPlace(kernels);
    }

    /**
     * Copies a gradient to its place in fp32 and frees it.
     *
     * @return of the same owner; holds the sum after {@link #sumsAreThere}
     */
    NDArray put(NDArray gradient, MemorySegment place);

    /** To be called when all places hold sums. */
    void sumsAreThere();

    /** Whatever was put is not wanted any more. */
    void forget();
}
