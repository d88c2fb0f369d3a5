package org.dreamboothactors.allreduce.tcp;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import org.dreamboothactors.allreduce.RingBroken.Cause;
import org.dreamboothactors.allreduce.RingBroken.Kind;

/** What goes over a connection after the handshake: a header of {@value #HEADER_BYTES} bytes, then that many bytes. */
final class Frame {
    /** Magic and kind (int), length (int), number (long). */
    static final int HEADER_BYTES = 16;

    /** Largest payload: smaller ones cost a wake-up each, larger ones leave the caches before they are summed. */
    static final int LARGEST_BYTES = 1 << 20;

    /**
     * Of a connection's way out on one machine: with more than a part of a frame on it, bytes leave the caches before they
     * are read.
     */
    static final int SEND_BUFFER_BYTES = LARGEST_BYTES / 2;

    /** Part of a sum; the number says which, see {@link Part#number}. */
    static final int DATA = 0x44424401;
    /** The ranks cannot go on; the payload says why. Goes to both neighbours. */
    static final int BROKEN = 0x44424402;
    /** From a rank that waits for its predecessor: does it wait as well? */
    static final int PROBE = 0x44424403;
    /** The answer: it does, someone before it is to blame. */
    static final int WAITING = 0x44424404;

    /** Payload of {@link #BROKEN}. */
    static final int CAUSE_BYTES = 4 * Long.BYTES;

    private Frame() {}

    static ByteBuffer header() {
        return ByteBuffer.allocateDirect(HEADER_BYTES).order(ByteOrder.BIG_ENDIAN);
    }

    /** Fills a header and makes it ready to be written. */
    static void fill(ByteBuffer header, int kind, int length, long number) {
        header.clear().putInt(kind).putInt(length).putLong(number).flip();
    }

    static ByteBuffer payload(Cause cause) {
        return ByteBuffer.allocateDirect(CAUSE_BYTES)
                .putLong(cause.kind().code())
                .putLong(cause.rank())
                .putLong(cause.bucket())
                .putLong(cause.waited().toNanos())
                .flip();
    }

    /** Reads what {@link #payload} wrote; throws {@link IllegalArgumentException} for anything else. */
    static Cause cause(ByteBuffer from) {
        if (from.remaining() != CAUSE_BYTES) {
            throw new IllegalArgumentException("a cause of " + from.remaining() + " bytes");
        }
        long code = from.getLong();
        Kind kind = Kind.of(code).orElseThrow(() -> new IllegalArgumentException("a cause of kind " + code));
        return new Cause(kind, Math.toIntExact(from.getLong()), from.getLong(), Duration.ofNanos(from.getLong()));
    }
}
