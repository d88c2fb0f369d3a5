package org.dreamboothactors.actors.intake.photo;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** A kind of picture file that is accepted, known by its first bytes and never by its name. */
enum PhotoFormat {
    JPEG,
    PNG,
    GIF,
    WEBP,
    BMP;

    static Optional<PhotoFormat> of(ByteBuffer file) {
        return Arrays.stream(values())
                .filter(format -> format.begins(format.fresh(file)))
                .findFirst();
    }

    /** Name of the format's reader in ImageIO. */
    String readerName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Goes through the file from part to part; reading past its end means that it is cut off. */
    PhotoHeader header(ByteBuffer file) {
        PhotoHeader.Notes notes = new PhotoHeader.Notes();
        try {
            walk(fresh(file), notes);
        } catch (BufferUnderflowException e) {
            notes.damaged("the " + this + " file is cut off: it ends after " + file.limit() + " bytes");
        }
        return notes.header();
    }

    private boolean begins(ByteBuffer file) {
        return switch (this) {
            case JPEG -> JpegFile.isOne(file);
            case PNG -> PngFile.isOne(file);
            case GIF -> GifFile.isOne(file);
            case WEBP -> WebpFile.isOne(file);
            case BMP -> BmpFile.isOne(file);
        };
    }

    private void walk(ByteBuffer file, PhotoHeader.Notes notes) {
        switch (this) {
            case JPEG -> JpegFile.walk(file, notes);
            case PNG -> PngFile.walk(file, notes);
            case GIF -> GifFile.walk(file, notes);
            case WEBP -> WebpFile.walk(file, notes);
            case BMP -> BmpFile.walk(file, notes);
        }
    }

    private ByteBuffer fresh(ByteBuffer file) {
        ByteOrder order = this == JPEG || this == PNG ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        return file.duplicate().rewind().order(order);
    }
}
