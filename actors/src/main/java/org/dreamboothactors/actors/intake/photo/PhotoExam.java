package org.dreamboothactors.actors.intake.photo;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import org.dreamboothactors.diffusion.images.Png;
import org.dreamboothactors.diffusion.images.RgbImage;
import org.dreamboothactors.protocol.v1.PhotoVerdict;

/** Judges one photo and makes its clean copy: limits first, then structure, then pixels. */
public final class PhotoExam {
    private PhotoExam() {}

    /**
     * Examines a file that nobody vouches for.
     *
     * <p>May use any amount of time, and of memory up to the limit of its JVM.
     *
     * @param clean receives an 8-bit RGB PNG without metadata; equal pixels give equal bytes
     * @return the clean picture's size
     */
    public static Size examine(Path photo, Path clean) throws RefusedPhoto, IOException {
        RgbImage picture = picture(photo);
        Png.write(picture, clean);
        return new Size(picture.width(), picture.height());
    }

    /** Pixels, upright. */
    public record Size(int width, int height) {}

    private static RgbImage picture(Path photo) throws RefusedPhoto, IOException {
        PhotoFormat format;
        PhotoHeader header;
        try (FileChannel channel = FileChannel.open(photo);
                Arena arena = Arena.ofConfined()) {
            if (channel.size() == 0) {
                throw new RefusedPhoto(PhotoVerdict.EMPTY, "the file is empty");
            }
            ByteBuffer file =
                    channel.map(MapMode.READ_ONLY, 0, channel.size(), arena).asByteBuffer();
            format = PhotoFormat.of(file).orElseThrow(() -> notAnImage(file));
            header = format.header(file);
        }
        check(header);
        BufferedImage decoded = PhotoDecoder.decode(photo, format, header);
        return Development.develop(decoded, header.profile(), header.orientation());
    }

    private static void check(PhotoHeader header) throws RefusedPhoto {
        int longer = Math.max(header.width(), header.height());
        int shorter = Math.min(header.width(), header.height());
        if (longer > PhotoLimits.LARGEST_SIDE_PIXELS) {
            throw new RefusedPhoto(
                    PhotoVerdict.TOO_LARGE,
                    "it has " + header.size() + ", expected at most " + PhotoLimits.LARGEST_SIDE_PIXELS + " a side");
        }
        if (header.pixels() > PhotoLimits.LARGEST_PIXELS) {
            throw new RefusedPhoto(
                    PhotoVerdict.TOO_LARGE,
                    "it has " + header.size() + ", " + header.pixels() / 1_000_000
                            + " million in all, expected at most " + PhotoLimits.LARGEST_PIXELS / 1_000_000
                            + " million");
        }
        if (header.frames() > 1) {
            throw new RefusedPhoto(
                    PhotoVerdict.ANIMATED, "it has " + header.frames() + " frames, expected one still picture");
        }
        if (shorter > 0 && shorter < PhotoLimits.SMALLEST_SIDE_PIXELS) {
            throw new RefusedPhoto(
                    PhotoVerdict.TOO_SMALL,
                    "it has " + header.size() + ", expected at least " + PhotoLimits.SMALLEST_SIDE_PIXELS + " a side");
        }
        if (header.damage().isPresent()) {
            throw RefusedPhoto.undecodable(header.damage().get());
        }
    }

    private static RefusedPhoto notAnImage(ByteBuffer file) {
        String looksLike;
        if (Bytes.has(file, 4, "ftyp")) {
            looksLike = "it looks like HEIF, AVIF or a film";
        } else if (Bytes.has(file, 0, "II*\0") || Bytes.has(file, 0, "MM\0*")) {
            looksLike = "it looks like TIFF or a camera's raw file";
        } else if (Bytes.has(file, 0, "%PDF")) {
            looksLike = "it looks like PDF";
        } else {
            int first = Byte.toUnsignedInt(file.get(0));
            looksLike = "its first byte is 0x%02x".formatted(first);
        }
        return new RefusedPhoto(
                PhotoVerdict.NOT_AN_IMAGE, looksLike + ", expected JPEG, PNG, WebP, GIF or BMP. Convert it");
    }
}
