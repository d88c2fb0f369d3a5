package org.dreamboothactors.diffusion.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import org.dreamboothactors.diffusion.kernels.Kernels;

/** For processors: a gradient is the memory that the ranks sum. */
record InPlace(Kernels kernels) implements Placing {

    @Override
    public NDArray put(NDArray gradient, MemorySegment place) {
        NDArray there = tensor(kernels, place, gradient);
        kernels.assign(there, gradient);
        gradient.close();
        return there;
    }

    /** Over the memory of {@code place}, of the shape and the owner of {@code like}. */
    static NDArray tensor(Kernels kernels, MemorySegment place, NDArray like) {
        NDArray there = kernels.host()
                .create(place.asByteBuffer().order(ByteOrder.nativeOrder()), like.getShape(), DataType.FLOAT32);
        there.attach(like.getManager());
        return there;
    }

    @Override
    public void sumsAreThere() {}

    @Override
    public void forget() {}
}
