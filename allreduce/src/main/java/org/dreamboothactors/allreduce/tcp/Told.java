package org.dreamboothactors.allreduce.tcp;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.LockSupport;
import org.dreamboothactors.allreduce.RingBroken.Cause;
import org.dreamboothactors.allreduce.RingBroken.Kind;

/** A neighbour said why the ranks cannot go on. */
final class Told extends IOException {
    private static final long serialVersionUID = 1;
    private static final int TRIES = 50;
    private static final long BETWEEN_TRIES_NANOS = 1_000_000;

    private final transient Cause cause;

    Told(Cause cause) {
        super("a neighbour said so");
        this.cause = cause;
    }

    /** Reads it from a frame. */
    static Told from(ByteBuffer payload) throws IOException {
        try {
            return new Told(Frame.cause(payload));
        } catch (ArithmeticException | IllegalArgumentException e) {
            throw new IOException("a neighbour does not say why it ends: " + e.getMessage(), e);
        }
    }

    /** What a failure of the connection to {@code rank} means. */
    static Cause meaning(IOException failure, int rank, Cause otherwise) {
        return switch (failure) {
            case Told told -> told.cause;
            case Unexpected _ -> new Cause(Kind.DIFFERENT, rank, otherwise.bucket(), otherwise.waited());
            default -> otherwise;
        };
    }

    /** Says it to a neighbour that may not listen any more: a short while, then it must find out by itself. */
    static void say(Cause cause, Outbox outbox) {
        try {
            for (int i = 0; i < TRIES && !flushed(outbox); i++) {
                LockSupport.parkNanos(BETWEEN_TRIES_NANOS);
            }
            if (outbox.isIdle()) {
                outbox.begin(Frame.BROKEN, 0, Frame.payload(cause));
                for (int i = 0; i < TRIES && !flushed(outbox); i++) {
                    LockSupport.parkNanos(BETWEEN_TRIES_NANOS);
                }
            }
        } catch (IOException e) {
            // It is gone.
        }
    }

    private static boolean flushed(Outbox outbox) throws IOException {
        outbox.push();
        return outbox.isIdle();
    }
}
