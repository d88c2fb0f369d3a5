package org.dreamboothactors.actors.intake.photo;

import java.nio.ByteBuffer;

/** The chunks of a WebP file: RFC 9649. */
final class WebpFile {
    private static final int SIDE = 0x3fff;
    private static final String EXIF = "Exif\0\0";

    private final PhotoHeader.Notes notes;

    private WebpFile(PhotoHeader.Notes notes) {
        this.notes = notes;
    }

    static boolean isOne(ByteBuffer file) {
        return Bytes.has(file, 0, "RIFF") && Bytes.has(file, 8, "WEBP");
    }

    static void walk(ByteBuffer file, PhotoHeader.Notes notes) {
        WebpFile webp = new WebpFile(notes);
        Bytes.skip(file, 4);
        long size = Bytes.u32(file);
        boolean whole = size <= file.remaining();
        ByteBuffer riff = whole ? Bytes.take(file, size) : file;
        Bytes.skip(riff, 4);
        while (riff.hasRemaining()) {
            webp.chunk(riff);
        }
        if (!whole) {
            notes.damaged("the WEBP file is cut off: it says it goes on for " + size + " bytes");
        }
    }

    private void chunk(ByteBuffer riff) {
        String type = Bytes.text(riff, 4);
        long length = Bytes.u32(riff);
        ByteBuffer content = length <= riff.remaining() ? riff.slice().order(riff.order()) : riff;
        switch (type) {
            case "VP8X" -> {
                Bytes.skip(content, 4); // flags
                sized(Bytes.u24(content) + 1L, Bytes.u24(content) + 1L);
            }
            case "VP8 " -> {
                Bytes.skip(content, 6); // frame tag, start code
                sized(Bytes.u16(content) & SIDE, Bytes.u16(content) & SIDE);
                notes.frame();
            }
            case "VP8L" -> {
                Bytes.skip(content, 1);
                int bits = content.getInt();
                sized((bits & SIDE) + 1, (bits >> 14 & SIDE) + 1);
                notes.frame();
            }
            case "ANMF" -> notes.frame();
            case "EXIF" -> oriented(Bytes.take(content, length));
            default -> {} // nothing that decides about the picture
        }
        Bytes.skip(riff, length);
        Bytes.skip(riff, Math.min(length & 1, riff.remaining())); // padding, which some writers leave out at the end
    }

    private void sized(long width, long height) {
        if (notes.isSized() && !notes.isSized(width, height)) {
            notes.damaged("the WEBP file says two sizes");
        } else {
            notes.sized(width, height);
        }
    }

    private void oriented(ByteBuffer content) {
        if (Bytes.has(content, 0, EXIF)) {
            Bytes.skip(content, EXIF.length());
        }
        notes.oriented(Orientation.of(Bytes.array(content, content.remaining())));
    }
}
