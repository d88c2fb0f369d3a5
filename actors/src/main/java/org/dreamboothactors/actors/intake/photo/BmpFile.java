package org.dreamboothactors.actors.intake.photo;

import java.nio.ByteBuffer;
import java.util.Set;

/** The headers of a Windows bitmap. */
final class BmpFile {
    private static final int CORE = 12;
    private static final Set<Long> HEADERS = Set.of(12L, 16L, 40L, 52L, 56L, 64L, 108L, 124L);
    private static final int HEADER_AT = 14;

    private static final int PLAIN = 0;
    private static final int RUNS_OF_BYTES = 1;
    private static final int RUNS_OF_NIBBLES = 2;
    private static final int MASKS = 3;

    private BmpFile() {}

    /** Two letters are not enough: a text may begin with them. */
    static boolean isOne(ByteBuffer file) {
        return Bytes.has(file, 0, "BM")
                && Bytes.has(file, 6, "\0\0\0\0")
                && file.limit() >= HEADER_AT + 4
                && HEADERS.contains(Bytes.u32(file.position(HEADER_AT)));
    }

    static void walk(ByteBuffer file, PhotoHeader.Notes notes) {
        Bytes.skip(file, 10);
        long pixelsAt = Bytes.u32(file);
        boolean core = Bytes.u32(file) == CORE;
        long width = core ? Bytes.u16(file) : file.getInt();
        long height = core ? Bytes.u16(file) : Math.abs((long) file.getInt()); // negative: from the top
        notes.sized(Math.max(0, width), height);
        notes.frame();
        Bytes.skip(file, 2);
        int bitsPerPixel = Bytes.u16(file);
        long compression = core ? PLAIN : Bytes.u32(file);
        if (compression == PLAIN || compression == MASKS) {
            long row = (width * bitsPerPixel + 31) / 32 * 4;
            if (pixelsAt + row * height > file.limit()) {
                notes.damaged("the BMP file is cut off: it ends after " + file.limit() + " bytes");
            }
        } else if (compression != RUNS_OF_BYTES && compression != RUNS_OF_NIBBLES) { // a JPEG inside, for one
            notes.damaged("the BMP file is compressed in a way that is not supported: " + compression);
        }
    }
}
