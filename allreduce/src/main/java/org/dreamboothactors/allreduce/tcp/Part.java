package org.dreamboothactors.allreduce.tcp;

import java.lang.foreign.MemorySegment;

/**
 * A chunk that goes out or comes in, in frames of {@link Frame#LARGEST_BYTES}.
 *
 * @param position tells its frames from all others of one call
 */
record Part(MemorySegment bytes, long position) {
    /** Bits of a frame's number that hold its position; the rest hold the call. */
    private static final int POSITION_BITS = 44;

    /** Of the frame that begins {@code done} bytes into this part. */
    int frameBytes(long done) {
        return (int) Math.min(Frame.LARGEST_BYTES, bytes.byteSize() - done);
    }

    MemorySegment frame(long done) {
        return bytes.asSlice(done, frameBytes(done));
    }

    /** What both sides must agree on, in the {@code call}-th call. */
    long number(long call, long done) {
        return (call << POSITION_BITS) + position + done;
    }
}
