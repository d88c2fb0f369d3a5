package org.dreamboothactors.allreduce.tcp;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import org.dreamboothactors.allreduce.RingBroken.Cause;
import org.dreamboothactors.allreduce.RingBroken.Kind;
import org.dreamboothactors.allreduce.Tile;

/** The connection from the previous rank: parts come in, probes go back. */
final class Predecessor implements Inbox.Reader {
    private final Inbox inbox;
    private final Outbox outbox;
    private final ByteBuffer staging = ByteBuffer.allocateDirect(Frame.LARGEST_BYTES);
    private final MemorySegment staged = MemorySegment.ofBuffer(staging.duplicate());
    private final Tile tile = new Tile();
    private List<Part> parts = List.of();
    private int adding;
    private long call;
    private int part;
    /** Bytes of this part that are there. */
    private long done;

    private long receivedBytes;
    private boolean excused;

    Predecessor(SocketChannel channel) {
        inbox = new Inbox(channel);
        outbox = new Outbox(channel);
    }

    void begin(List<Part> parts, int adding, long call) {
        this.parts = parts;
        this.adding = adding;
        this.call = call;
        part = 0;
        done = 0;
        receivedBytes = 0;
        skipEmpty();
    }

    boolean isDone() {
        return part == parts.size();
    }

    boolean hasWords() {
        return !outbox.isIdle();
    }

    int receivedParts() {
        return part;
    }

    /** Of the part after those. */
    long receivedOfPart() {
        return done;
    }

    /** Of all parts since {@link #begin}. */
    long receivedBytes() {
        return receivedBytes;
    }

    /** Receives what is there; whether anything moved. */
    boolean pull() throws IOException {
        boolean asked = outbox.push();
        boolean heard = !isDone() && inbox.pull(this);
        return asked || heard;
    }

    /** Asks whether it waits as well; where the last question is still on its way, that one counts. */
    void ask() {
        excused = false;
        if (outbox.isIdle()) {
            outbox.begin(Frame.PROBE);
        }
    }

    /** Whether it answered the last {@link #ask}, once. */
    boolean takeExcuse() {
        boolean was = excused;
        excused = false;
        return was;
    }

    private void skipEmpty() {
        while (part < parts.size() && done == parts.get(part).bytes().byteSize()) {
            part++;
            done = 0;
        }
    }

    @Override
    public ByteBuffer target(int kind, int length, long number) throws IOException {
        return switch (kind) {
            case Frame.WAITING -> ByteBuffer.allocate(0);
            case Frame.BROKEN -> ByteBuffer.allocate(Frame.CAUSE_BYTES);
            case Frame.DATA -> {
                Part current = parts.get(part);
                if (number != current.number(call, done) || length != current.frameBytes(done)) {
                    throw new Unexpected("frame " + number + " of " + length + " bytes, expected "
                            + current.number(call, done) + " of " + current.frameBytes(done));
                }
                yield part < adding
                        ? staging.clear().limit(length)
                        : current.frame(done).asByteBuffer();
            }
            default -> throw new Unexpected("frame " + Integer.toHexString(kind) + " from the previous rank");
        };
    }

    @Override
    public void received(int kind, ByteBuffer payload) throws IOException {
        switch (kind) {
            case Frame.BROKEN -> throw Told.from(payload.flip());
            case Frame.WAITING -> excused = true;
            default -> {
                int length = payload.limit();
                if (part < adding) {
                    add(parts.get(part).frame(done), length / Float.BYTES);
                }
                done += length;
                receivedBytes += length;
                skipEmpty();
            }
        }
    }

    private void add(MemorySegment sum, int floats) {
        for (int at = 0; at < floats; at += Tile.FLOATS) {
            int some = Math.min(Tile.FLOATS, floats - at);
            long offset = (long) at * Float.BYTES;
            tile.load(sum, offset, some);
            tile.add(staged, offset, some);
            tile.store(sum, offset, some);
        }
    }

    Cause trouble(IOException failure, int rank, long call) {
        return Told.meaning(failure, rank, new Cause(Kind.LOST, rank, call, Duration.ZERO));
    }

    void tell(Cause cause) {
        Told.say(cause, outbox);
    }
}
