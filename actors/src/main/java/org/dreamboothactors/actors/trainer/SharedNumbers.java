package org.dreamboothactors.actors.trainer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.dreamboothactors.actors.work.Scratch;
import org.dreamboothactors.diffusion.models.CLIPTextModel;
import org.dreamboothactors.diffusion.models.UNet2DConditionModel;
import org.dreamboothactors.diffusion.weights.WeightFiles;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file through which the trainers of a gang sum their gradients. Closing deletes what a gang left of it.
 *
 * <p>It is in memory where memory has room for it, else on the disk that work is done on, which is slower.
 *
 * @param file that rank 0 makes
 * @param memory folder of it, where it is in memory
 */
public record SharedNumbers(Path file, Optional<Scratch> memory) implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SharedNumbers.class);
    private static final Path MEMORY = Path.of("/dev/shm");
    /** Of each user its own: another's cannot be written to. */
    private static final Path OURS = MEMORY.resolve("dreambooth-" + System.getProperty("user.name"));
    /** As much again is left to others. */
    private static final int ROOM = 2;

    /** @param gradientBytes of one rank, see {@link #gradientBytes}; not asked where there is only one */
    static SharedNumbers of(LongSupplier gradientBytes, int ranks, Scratch scratch) {
        String name = "gradients";
        if (ranks == 1) {
            return new SharedNumbers(scratch.file(name), Optional.empty());
        }
        try {
            long wanted = gradientBytes.getAsLong() * ROOM * ranks;
            if (!Files.isWritable(MEMORY) || Files.getFileStore(MEMORY).getUsableSpace() <= wanted) {
                LOG.warn("Gradients are summed on disk, which is slower: {} wants {} MiB free", MEMORY, wanted >> 20);
                return new SharedNumbers(scratch.file(name), Optional.empty());
            }
            Scratch memory = Scratch.below(OURS);
            return new SharedNumbers(memory.file(name), Optional.of(memory));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot look at the room in " + MEMORY + ": " + e.getMessage(), e);
        }
    }

    /** Gives the memory back that gangs of killed processes hold: nobody else would, and memory is no disk. */
    public static void sweep() {
        if (Files.isDirectory(OURS)) {
            Scratch.below(OURS).close();
        }
    }

    /** Of fp32 gradients of all that a full fine-tune learns; adapters have fewer. */
    static long gradientBytes(Path model, boolean textEncoder) {
        List<String> parts = textEncoder
                ? List.of(UNet2DConditionModel.PART, CLIPTextModel.PART)
                : List.of(UNet2DConditionModel.PART);
        try {
            return parts.stream()
                    .flatMap(part -> WeightFiles.sources(model.resolve(part)).values().stream())
                    .mapToLong(tensor -> tensor.shape().size() * Float.BYTES)
                    .sum();
        } catch (IllegalArgumentException e) {
            return 0; // trainers refuse a model that cannot be read, in their words
        }
    }

    @Override
    public void close() {
        memory.ifPresent(Scratch::close);
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot delete " + file + ": " + e.getMessage(), e);
        }
    }
}
