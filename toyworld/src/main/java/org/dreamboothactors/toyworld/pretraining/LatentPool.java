package org.dreamboothactors.toyworld.pretraining;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.dreamboothactors.diffusion.images.RgbImage;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.dreamboothactors.diffusion.models.AutoencoderKL;
import org.dreamboothactors.diffusion.training.CentredLatents;

/**
 * What a finished autoencoder says of each picture of a pool, in one file: means, then log-variances, fp32, little endian.
 *
 * <p>What was encoded before an interruption is kept.
 */
final class LatentPool {
    private static final int BATCH = 32;
    private static final ValueLayout.OfFloat LITTLE =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final int floats;
    private final MemorySegment moments;

    private LatentPool(int floats, MemorySegment moments) {
        this.floats = floats;
        this.moments = moments;
    }

    /** Encodes what is not there yet. */
    static LatentPool of(
            Path file, PicturePool pictures, int side, AutoencoderKL vae, Kernels kernels, IntConsumer afterPictures) {
        int latentSide = side / vae.config().pixelsPerLatent();
        int floats = 2 * vae.config().latentChannels() * latentSide * latentSide;
        long each = (long) floats * Float.BYTES;
        try (FileChannel out = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            // Whole batches only: a picture's bits may depend on its place in a batch.
            int done = (int) Math.min(pictures.count(), Files.size(file) / each / BATCH * BATCH);
            out.position(done * each);
            while (done < pictures.count()) {
                int more = Math.min(BATCH, pictures.count() - done);
                List<RgbImage> batch = new ArrayList<>();
                for (int i = 0; i < more; i++) {
                    batch.add(pictures.picture(done + i));
                }
                write(CentredLatents.moments(vae, batch, kernels), out);
                done += more;
                afterPictures.accept(done);
            }
            try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
                return new LatentPool(
                        floats, in.map(FileChannel.MapMode.READ_ONLY, 0, pictures.count() * each, Arena.ofAuto()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot keep latents in " + file + ": " + e.getMessage(), e);
        }
    }

    private static void write(float[] numbers, FileChannel out) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(numbers.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(numbers);
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }

    /** Numbers that a picture has. */
    int floats() {
        return floats;
    }

    /** Copies a picture's moments to {@code target}, from {@code offset} on. */
    void copy(int index, float[] target, int offset) {
        MemorySegment.copy(moments, LITTLE, (long) index * floats * Float.BYTES, target, offset, floats);
    }
}
