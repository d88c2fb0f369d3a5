package org.dreamboothactors.diffusion.kernels;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The bytes of an array in the memory of this process: its own on a processor, on another device a copy that goes with
 * this. DJL's {@code toByteBuffer} leaves such copies to the array's manager, which may live as long as the process.
 *
 * @param array in the memory of this process
 * @param copied whether that is another one than was asked for
 */
public record HostBytes(NDArray array, boolean copied) implements AutoCloseable {

    public static HostBytes of(NDArray array) {
        boolean elsewhere = array.getDevice().isGpu();
        return new HostBytes(elsewhere ? array.toDevice(Device.cpu(), true) : array, elsewhere);
    }

    /** In the order of this machine; not to be used after {@link #close}. */
    public ByteBuffer bytes() {
        return array.toByteBuffer(true).order(ByteOrder.nativeOrder());
    }

    @Override
    public void close() {
        if (copied) {
            array.getManager().close(); // DJL makes one for each copy
        }
    }
}
