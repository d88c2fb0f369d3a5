package org.dreamboothactors.actors.intake.photo;

import java.nio.ByteBuffer;

/** The blocks of a GIF file: GIF89a specification. The size is that of its first picture. */
final class GifFile {
    private static final int EXTENSION = 0x21;
    private static final int IMAGE = 0x2c;
    private static final int TRAILER = 0x3b;
    private static final int HAS_COLOURS = 0x80;

    private GifFile() {}

    static boolean isOne(ByteBuffer file) {
        return Bytes.has(file, 0, "GIF87a") || Bytes.has(file, 0, "GIF89a");
    }

    static void walk(ByteBuffer file, PhotoHeader.Notes notes) {
        Bytes.skip(file, 6 + 4); // signature, size of the screen
        int flags = Bytes.u8(file);
        Bytes.skip(file, 2 + colours(flags));
        while (true) {
            int block = Bytes.u8(file);
            switch (block) {
                case EXTENSION -> {
                    Bytes.skip(file, 1);
                    skipSubBlocks(file);
                }
                case IMAGE -> image(file, notes);
                case TRAILER -> {
                    return;
                }
                default -> {
                    notes.damaged("the GIF file has an unknown block " + block);
                    return;
                }
            }
        }
    }

    private static void image(ByteBuffer file, PhotoHeader.Notes notes) {
        Bytes.skip(file, 4); // where on the screen
        int width = Bytes.u16(file);
        int height = Bytes.u16(file);
        if (notes.frames() == 0) {
            notes.sized(width, height);
        }
        notes.frame();
        Bytes.skip(file, colours(Bytes.u8(file)));
        Bytes.skip(file, 1); // code size
        skipSubBlocks(file);
    }

    private static int colours(int flags) {
        return (flags & HAS_COLOURS) == 0 ? 0 : 3 * (2 << (flags & 7));
    }

    private static void skipSubBlocks(ByteBuffer file) {
        for (int length = Bytes.u8(file); length > 0; length = Bytes.u8(file)) {
            Bytes.skip(file, length);
        }
    }
}
