package org.dreamboothactors.allreduce.tcp;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** Reads frames from a non-blocking connection. */
final class Inbox {
    private final SocketChannel channel;
    private final ByteBuffer header = Frame.header();
    private ByteBuffer payload = ByteBuffer.allocate(0);
    private final ByteBuffer[] both = {payload, header};
    private boolean inPayload;
    private int kind;

    Inbox(SocketChannel channel) {
        this.channel = channel;
    }

    /** Takes frames apart. Both methods throw {@link IOException} for what they do not expect. */
    interface Reader {
        /** Where the payload of this frame goes: a buffer with exactly {@code length} bytes left. */
        ByteBuffer target(int kind, int length, long number) throws IOException;

        /** The frame is there. */
        void received(int kind, ByteBuffer payload) throws IOException;
    }

    /** Reads what is there, at most one frame; whether that was anything. Throws {@link EOFException} at the end. */
    boolean pull(Reader reader) throws IOException {
        boolean moved = false;
        if (!inPayload) {
            moved = header.hasRemaining() && read(header);
            if (header.hasRemaining()) {
                return moved;
            }
            header.flip();
            kind = header.getInt();
            int length = header.getInt();
            payload = reader.target(kind, length, header.getLong());
            if (payload.remaining() != length) {
                throw new IOException("a frame of " + length + " bytes, expected " + payload.remaining());
            }
            header.clear();
            inPayload = true;
        }
        moved |= payload.hasRemaining() && readOn();
        if (!payload.hasRemaining()) {
            inPayload = false;
            reader.received(kind, payload);
        }
        return moved;
    }

    /** The rest of this frame, and the next header in the same system call. */
    private boolean readOn() throws IOException {
        if (!payload.isDirect()) {
            return read(payload);
        }
        both[0] = payload;
        long count = channel.read(both);
        if (count < 0) {
            throw new EOFException("the connection ended");
        }
        return count > 0;
    }

    private boolean read(ByteBuffer into) throws IOException {
        int count = channel.read(into);
        if (count < 0) {
            throw new EOFException("the connection ended");
        }
        return count > 0;
    }
}
