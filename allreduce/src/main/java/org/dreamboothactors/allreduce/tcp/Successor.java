package org.dreamboothactors.allreduce.tcp;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import org.dreamboothactors.allreduce.RingBroken.Cause;
import org.dreamboothactors.allreduce.RingBroken.Kind;

/** The connection to the next rank: parts go out, probes come back. */
final class Successor implements Inbox.Reader {
    private final Inbox inbox;
    private final Outbox outbox;
    private List<Part> parts = List.of();
    private long call;
    private int part;
    /** Bytes of this part that frames were begun for. */
    private long done;

    private long sentBytes;
    private boolean probed;
    private boolean gone;

    Successor(SocketChannel channel) {
        inbox = new Inbox(channel);
        outbox = new Outbox(channel);
    }

    void begin(List<Part> parts, long call) {
        this.parts = parts;
        this.call = call;
        part = 0;
        done = 0;
        sentBytes = 0;
        skipEmpty();
    }

    boolean isDone() {
        return part == parts.size() && outbox.isIdle();
    }

    /** That frames were begun for since {@link #begin}. */
    long sentBytes() {
        return sentBytes;
    }

    /** Whether it hung up, which it may when it has all. */
    boolean isGone() {
        return gone;
    }

    boolean hasWords() {
        return !outbox.isIdle();
    }

    /**
     * Sends what may be sent; whether anything moved.
     *
     * @param parts that have come in as a whole
     * @param bytes of the one after them that have come in
     */
    boolean push(int parts, long bytes) throws IOException {
        boolean moved = listen();
        moved |= outbox.push();
        if (outbox.isIdle() && probed) {
            probed = false;
            outbox.begin(Frame.WAITING);
        } else if (outbox.isIdle() && part < this.parts.size()) {
            Part current = this.parts.get(part);
            int length = current.frameBytes(done);
            if (part <= parts || (part == parts + 1 && done + length <= bytes)) {
                outbox.begin(
                        Frame.DATA,
                        current.number(call, done),
                        current.frame(done).asByteBuffer());
                done += length;
                sentBytes += length;
                skipEmpty();
                moved = true;
            }
        }
        boolean more = outbox.push();
        return moved || more;
    }

    private void skipEmpty() {
        while (part < parts.size() && done == parts.get(part).bytes().byteSize()) {
            part++;
            done = 0;
        }
    }

    private boolean listen() throws IOException {
        try {
            return !gone && inbox.pull(this);
        } catch (EOFException e) {
            if (!isDone()) {
                throw e;
            }
            gone = true;
            return false;
        }
    }

    @Override
    public ByteBuffer target(int kind, int length, long number) throws IOException {
        return switch (kind) {
            case Frame.PROBE -> ByteBuffer.allocate(0);
            case Frame.BROKEN -> ByteBuffer.allocate(Frame.CAUSE_BYTES);
            default -> throw new Unexpected("frame " + Integer.toHexString(kind) + " from the next rank");
        };
    }

    @Override
    public void received(int kind, ByteBuffer payload) throws IOException {
        if (kind == Frame.BROKEN) {
            throw Told.from(payload.flip());
        }
        probed = true;
    }

    Cause trouble(IOException failure, int rank, long call) {
        return Told.meaning(failure, rank, new Cause(Kind.LOST, rank, call, Duration.ZERO));
    }

    void tell(Cause cause) {
        Told.say(cause, outbox);
    }
}
