package org.dreamboothactors.actors.intake.photo;

import java.awt.color.ICC_Profile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.InflaterInputStream;

/** The chunks of a PNG file: PNG specification, third edition, which includes animations. */
final class PngFile {
    private static final String SIGNATURE = "\u0089PNG\r\n\u001a\n";
    private static final int LARGEST_PROFILE_BYTES = 4 << 20;
    private static final int LARGEST_EXIF_BYTES = 1 << 20;
    /** Bit of a chunk's first letter: small letters are chunks that a decoder may skip. */
    private static final int ANCILLARY = 0x20;

    private final PhotoHeader.Notes notes;
    private boolean data;

    private PngFile(PhotoHeader.Notes notes) {
        this.notes = notes;
    }

    static boolean isOne(ByteBuffer file) {
        return Bytes.has(file, 0, SIGNATURE);
    }

    static void walk(ByteBuffer file, PhotoHeader.Notes notes) {
        PngFile png = new PngFile(notes);
        Bytes.skip(file, SIGNATURE.length());
        while (!png.chunk(file).equals("IEND")) {
            // every chunk moves on by 12 bytes at least
        }
    }

    private String chunk(ByteBuffer file) {
        long length = Bytes.u32(file);
        ByteBuffer checked = file.slice();
        String type = Bytes.text(file, 4);
        if (!notes.isSized() && type.equals("IHDR")) { // before the checksum: limits come first
            header(file.duplicate());
        }
        ByteBuffer content = Bytes.take(file, length);
        long crc = Bytes.u32(file);
        if (crc(checked, (int) length + 4) == crc) {
            look(type, content);
        } else if ((type.charAt(0) & ANCILLARY) == 0) {
            notes.damaged("a chunk " + type.replaceAll("[^A-Za-z]", "?") + " of the PNG file has a wrong checksum");
        }
        return type;
    }

    private void header(ByteBuffer content) {
        long width = Bytes.u32(content);
        long height = Bytes.u32(content);
        notes.sized(width, height);
    }

    private void look(String type, ByteBuffer content) {
        switch (type) {
            case "IDAT" -> {
                if (!data) {
                    data = true;
                    notes.frames(Math.max(1, notes.frames()));
                }
            }
            case "acTL" -> {
                if (!data) { // an animation is announced before the picture data or not at all
                    notes.frames((int) Math.min(Integer.MAX_VALUE, Bytes.u32(content)));
                }
            }
            case "eXIf" -> {
                if (content.remaining() <= LARGEST_EXIF_BYTES) {
                    notes.oriented(Orientation.of(Bytes.array(content, content.remaining())));
                }
            }
            case "iCCP" -> notes.coloured(profile(content));
            default -> {} // nothing that decides about the picture
        }
    }

    private static long crc(ByteBuffer file, int length) {
        CRC32 crc = new CRC32();
        crc.update(file.limit(length));
        return crc.getValue();
    }

    /** As the specification asks, a profile that makes no sense is as good as none. */
    private static Optional<ICC_Profile> profile(ByteBuffer content) {
        while (content.hasRemaining() && content.get() != 0) {
            // the profile's name
        }
        if (content.remaining() < 2) {
            return Optional.empty();
        }
        Bytes.skip(content, 1); // compression method
        try (InflaterInputStream in =
                new InflaterInputStream(new ByteArrayInputStream(Bytes.array(content, content.remaining())))) {
            byte[] profile = in.readNBytes(LARGEST_PROFILE_BYTES);
            return Optional.of(ICC_Profile.getInstance(profile));
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
