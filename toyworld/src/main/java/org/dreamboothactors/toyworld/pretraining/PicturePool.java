package org.dreamboothactors.toyworld.pretraining;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.dreamboothactors.diffusion.images.RgbImage;

/**
 * Square pictures in one file, three bytes a pixel, picture after picture: drawn once, read many times.
 *
 * <p>What was drawn before an interruption is kept. One writer; readers from any thread.
 */
public final class PicturePool {
    private static final int CHUNK = 64;

    private final int side;
    private final int count;
    private final MemorySegment pixels;

    private PicturePool(int side, int count, MemorySegment pixels) {
        this.side = side;
        this.count = count;
        this.pixels = pixels;
    }

    /**
     * The pool in {@code file}, drawn where it is not there yet.
     *
     * @param count pictures it is to hold
     * @param side of a picture, in pixels
     * @param draw a picture by its number, asked from many threads
     * @param afterPictures told how many pictures there are
     */
    public static PicturePool of(
            Path file, int count, int side, IntFunction<RgbImage> draw, IntConsumer afterPictures) {
        int each = side * side * RgbImage.CHANNELS;
        try (FileChannel out = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            int drawn = (int) Math.min(count, Files.size(file) / each);
            out.position((long) drawn * each);
            while (drawn < count) {
                int from = drawn;
                int more = Math.min(CHUNK, count - drawn);
                byte[][] chunk = IntStream.range(0, more)
                        .parallel()
                        .mapToObj(i -> draw.apply(from + i).rgb())
                        .toArray(byte[][]::new);
                for (byte[] picture : chunk) {
                    out.write(ByteBuffer.wrap(picture));
                }
                drawn += more;
                afterPictures.accept(drawn);
            }
            try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
                MemorySegment pixels = in.map(FileChannel.MapMode.READ_ONLY, 0, (long) count * each, Arena.ofAuto());
                return new PicturePool(side, count, pixels);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot keep pictures in " + file + ": " + e.getMessage(), e);
        }
    }

    public int count() {
        return count;
    }

    /** Picture {@code index}, from 0. */
    public RgbImage picture(int index) {
        byte[] rgb = new byte[side * side * RgbImage.CHANNELS];
        MemorySegment.copy(pixels, ValueLayout.JAVA_BYTE, (long) index * rgb.length, rgb, 0, rgb.length);
        return new RgbImage(side, side, rgb);
    }
}
