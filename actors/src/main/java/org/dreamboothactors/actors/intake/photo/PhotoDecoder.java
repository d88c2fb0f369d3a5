package org.dreamboothactors.actors.intake.photo;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.FileImageInputStream;
import javax.imageio.stream.ImageInputStream;

/** Decodes a file with ImageIO's reader of its format, and does not take half a picture for a whole one. */
final class PhotoDecoder {
    /** Warnings of a JPEG reader that mean lost pixels. Stray bytes before any marker but a restart do no harm. */
    private static final Pattern LOSS = Pattern.compile(
            "(?i)(premature end|corrupt jpeg data)(?!: \\d+ extraneous bytes before marker 0x(?!d[0-7])).*");

    private PhotoDecoder() {}

    static BufferedImage decode(Path file, PhotoFormat format, PhotoHeader header) throws RefusedPhoto {
        Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(format.readerName());
        ImageReader reader = readers.next();
        try (ImageInputStream in = new FileImageInputStream(file.toFile())) {
            return decode(reader, in, header);
        } catch (IOException | RuntimeException e) { // the readers answer hostile files with any of these
            throw RefusedPhoto.undecodable("the " + format + " file is damaged: "
                    + Optional.ofNullable(e.getMessage()).orElse(e.getClass().getSimpleName()));
        } finally {
            reader.dispose();
        }
    }

    private static BufferedImage decode(ImageReader reader, ImageInputStream in, PhotoHeader header)
            throws IOException, RefusedPhoto {
        AtomicReference<Optional<String>> loss = new AtomicReference<>(Optional.empty());
        reader.addIIOReadWarningListener((source, warning) -> {
            if (LOSS.matcher(warning).matches()) {
                loss.compareAndSet(Optional.empty(), Optional.of(warning));
            }
        });
        reader.setInput(in, true, true); // metadata stay unread: they may be made to fill the memory
        if (reader.getWidth(0) != header.width() || reader.getHeight(0) != header.height()) {
            throw RefusedPhoto.undecodable(
                    "it has two sizes: " + header.size() + " and " + reader.getWidth(0) + " x " + reader.getHeight(0));
        }
        BufferedImage image = reader.read(0);
        Optional<String> lost = loss.get();
        if (lost.isPresent()) {
            throw RefusedPhoto.undecodable("the picture is not whole: " + lost.get());
        }
        return image;
    }
}
