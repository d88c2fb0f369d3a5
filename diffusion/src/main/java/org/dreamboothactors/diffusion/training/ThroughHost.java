package org.dreamboothactors.diffusion.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.dreamboothactors.diffusion.kernels.Kernels;

/** For devices with memory of their own: gradients are copied to the memory that the ranks sum, and the sums back. */
final class ThroughHost implements Placing {
    private final Kernels kernels;
    private final List<Copied> copied = new ArrayList<>();

    /**
     * One gradient.
     *
     * @param onDevice what the optimizer reads
     * @param onHost over the memory that the ranks sum
     */
    private record Copied(NDArray onDevice, NDArray onHost) {}

    ThroughHost(Kernels kernels) {
        this.kernels = kernels;
    }

    @Override
    public NDArray put(NDArray gradient, MemorySegment place) {
        NDArray onHost = InPlace.tensor(kernels, place, gradient);
        kernels.assign(onHost, gradient);
        NDArray onDevice = gradient.getManager().create(gradient.getShape(), DataType.FLOAT32);
        gradient.close();
        copied.add(new Copied(onDevice, onHost));
        return onDevice;
    }

    @Override
    public void sumsAreThere() {
        copied.forEach(both -> {
            kernels.assign(both.onDevice(), both.onHost());
            both.onHost().close();
        });
        copied.clear();
    }

    /** The arrays go with their owner. */
    @Override
    public void forget() {
        copied.clear();
    }
}
