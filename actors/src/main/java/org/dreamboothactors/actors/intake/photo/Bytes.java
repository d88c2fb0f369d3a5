package org.dreamboothactors.actors.intake.photo;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/** Unsigned and bounded reading; past the end throws {@link BufferUnderflowException}, whatever a length says. */
final class Bytes {
    private Bytes() {}

    static int u8(ByteBuffer in) {
        return Byte.toUnsignedInt(in.get());
    }

    static int u16(ByteBuffer in) {
        return Short.toUnsignedInt(in.getShort());
    }

    /** Little-endian. */
    static int u24(ByteBuffer in) {
        return u8(in) | u8(in) << 8 | u8(in) << 16;
    }

    static long u32(ByteBuffer in) {
        return Integer.toUnsignedLong(in.getInt());
    }

    static String text(ByteBuffer in, int length) {
        return new String(array(in, length), ISO_8859_1);
    }

    static byte[] array(ByteBuffer in, int length) {
        if (length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }

    static void skip(ByteBuffer in, long length) {
        take(in, length);
    }

    /** The next {@code length} bytes as a buffer of their own, in the same byte order. */
    static ByteBuffer take(ByteBuffer in, long length) {
        if (length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        ByteBuffer part = in.slice(in.position(), (int) length).order(in.order());
        in.position(in.position() + (int) length);
        return part;
    }

    /** Whether the file has {@code text} at {@code offset}. */
    static boolean has(ByteBuffer file, int offset, String text) {
        byte[] wanted = text.getBytes(ISO_8859_1);
        return file.limit() >= offset + wanted.length
                && file.slice(offset, wanted.length).equals(ByteBuffer.wrap(wanted));
    }
}
