package org.dreamboothactors.allreduce.tcp;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** Writes frames to a non-blocking connection, one after the other. */
final class Outbox {
    private static final ByteBuffer NOTHING = ByteBuffer.allocateDirect(0);

    private final SocketChannel channel;
    private final ByteBuffer header = Frame.header();
    private final ByteBuffer[] frame = {header, NOTHING};

    Outbox(SocketChannel channel) {
        this.channel = channel;
        header.flip(); // no frame yet
    }

    boolean isIdle() {
        return !header.hasRemaining() && !frame[1].hasRemaining();
    }

    /** Begins a frame; only where the last one is written. */
    void begin(int kind, long number, ByteBuffer payload) {
        Frame.fill(header, kind, payload.remaining(), number);
        frame[1] = payload;
    }

    void begin(int kind) {
        begin(kind, 0, NOTHING.duplicate());
    }

    /** Writes what the connection takes; whether that was anything. */
    boolean push() throws IOException {
        return !isIdle() && channel.write(frame) > 0;
    }
}
