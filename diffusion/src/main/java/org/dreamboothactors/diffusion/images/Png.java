package org.dreamboothactors.diffusion.images;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;

/** Reads and writes the clean RGB pictures that intake and this module make; hostile files never come here. */
public final class Png {
    private Png() {}

    /** Reads a picture; transparency is dropped. */
    public static RgbImage read(Path file) {
        @Nullable BufferedImage image;
        try {
            image = ImageIO.read(file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read picture " + file + ": " + e.getMessage(), e);
        }
        if (image == null) {
            throw new IllegalArgumentException("Cannot read picture " + file
                    + ": its format is not known, expected PNG. Let intake convert it first.");
        }
        int width = image.getWidth();
        int height = image.getHeight();
        byte[] rgb = new byte[width * height * RgbImage.CHANNELS];
        int[] packed = image.getRGB(0, 0, width, height, new int[width * height], 0, width);
        for (int i = 0; i < packed.length; i++) {
            rgb[3 * i] = (byte) (packed[i] >> 16);
            rgb[3 * i + 1] = (byte) (packed[i] >> 8);
            rgb[3 * i + 2] = (byte) packed[i];
        }
        return new RgbImage(width, height, rgb);
    }

    /** Writes {@code image}; equal pictures give equal bytes. */
    public static void write(RgbImage image, Path file) {
        BufferedImage out = new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < image.height(); y++) {
            for (int x = 0; x < image.width(); x++) {
                out.setRGB(x, y, image.at(x, y, 0) << 16 | image.at(x, y, 1) << 8 | image.at(x, y, 2));
            }
        }
        try {
            if (!ImageIO.write(out, "png", file.toFile())) {
                throw new IOException("this Java has no PNG writer");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write picture " + file + ": " + e.getMessage(), e);
        }
    }
}
