package org.dreamboothactors.actors.intake.photo;

import java.nio.ByteBuffer;

/** The segments of a JPEG file: ITU T.81, annex B; EXIF 2.3, section 4.7. */
final class JpegFile {
    private static final String EXIF = "Exif\0\0";

    private static final int SOF0 = 0xc0;
    private static final int DHT = 0xc4;
    private static final int JPG = 0xc8;
    private static final int DAC = 0xcc;
    private static final int SOF15 = 0xcf;
    private static final int RST0 = 0xd0;
    private static final int RST7 = 0xd7;
    private static final int SOI = 0xd8;
    private static final int EOI = 0xd9;
    private static final int SOS = 0xda;
    private static final int APP1 = 0xe1;
    private static final int TEM = 0x01;

    private final ByteBuffer in;
    private final PhotoHeader.Notes notes;
    private boolean oriented;

    private JpegFile(ByteBuffer in, PhotoHeader.Notes notes) {
        this.in = in;
        this.notes = notes;
    }

    static boolean isOne(ByteBuffer file) {
        return Bytes.has(file, 0, "\u00ff\u00d8\u00ff");
    }

    /** Ends at the end marker; what follows it, e.g. a phone's film clip, belongs to no picture. */
    static void walk(ByteBuffer file, PhotoHeader.Notes notes) {
        JpegFile jpeg = new JpegFile(file, notes);
        for (int marker = jpeg.marker(); marker != EOI; marker = jpeg.marker()) {
            if (marker != SOI && marker != TEM && (marker < RST0 || marker > RST7)) {
                jpeg.segment(marker);
            }
        }
    }

    private int marker() {
        while (true) {
            if (Bytes.u8(in) == 0xff) {
                int next = Bytes.u8(in);
                while (next == 0xff) { // fill bytes
                    next = Bytes.u8(in);
                }
                if (next != 0) { // 0 stands for 0xff in picture data
                    return next;
                }
            }
        }
    }

    private void segment(int marker) {
        int length = Bytes.u16(in);
        if (length < 2) {
            notes.damaged("a segment of the JPEG file says it is " + length + " bytes long");
            return;
        }
        ByteBuffer segment = Bytes.take(in, length - 2);
        if (marker >= SOF0 && marker <= SOF15 && marker != DHT && marker != JPG && marker != DAC) {
            frame(segment);
        } else if (marker == SOS && notes.frames() == 0 && notes.isSized()) {
            notes.frame();
        } else if (marker == APP1 && !oriented && Bytes.has(segment, 0, EXIF)) {
            oriented = true;
            Bytes.skip(segment, EXIF.length());
            notes.oriented(Orientation.of(Bytes.array(segment, segment.remaining())));
        }
    }

    private void frame(ByteBuffer segment) {
        if (notes.isSized()) {
            notes.damaged("the JPEG file has two frame headers");
            return;
        }
        Bytes.skip(segment, 1);
        int height = Bytes.u16(segment);
        int width = Bytes.u16(segment);
        notes.sized(width, height);
    }
}
