package org.dreamboothactors.diffusion.images;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.stream.FileImageInputStream;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * PNG pictures for who only looks at them: a photo of a phone, which is megabytes as a clean copy, is made small while it
 * is read. Only one row of the large picture is in memory at a time.
 */
public final class Preview {
    private static final int LARGEST_SIDE_PIXELS = 16_384; // as intake takes them

    private Preview() {}

    /**
     * Reads a picture. Of a large one every n-th pixel of every n-th row is taken, so that its longer side is less than
     * twice {@code side}.
     *
     * @param side pixels
     */
    public static BufferedImage read(Path png, int side) {
        try (ImageInputStream in = new FileImageInputStream(png.toFile())) {
            return read(in, side);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot show " + png + ": " + e.getMessage(), e);
        }
    }

    /** The same of a file's content. */
    public static BufferedImage read(byte[] png, int side) throws IOException {
        try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(png))) {
            return read(in, side);
        }
    }

    private static BufferedImage read(ImageInputStream in, int side) throws IOException {
        ImageReader reader = ImageIO.getImageReadersByFormatName("png").next();
        try {
            reader.setInput(in, true, true);
            int longer = Math.max(reader.getWidth(0), reader.getHeight(0));
            if (longer > LARGEST_SIDE_PIXELS) {
                throw new IOException(
                        "a side of it has " + longer + " pixels, expected at most " + LARGEST_SIDE_PIXELS);
            }
            int step = Math.max(1, longer / side);
            ImageReadParam few = reader.getDefaultReadParam();
            few.setSourceSubsampling(step, step, 0, 0);
            return reader.read(0, few);
        } finally {
            reader.dispose();
        }
    }
}
