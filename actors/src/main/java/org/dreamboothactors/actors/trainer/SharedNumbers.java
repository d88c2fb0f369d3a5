package org.dreamboothactors.actors.trainer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.dreamboothactors.actors.work.Scratch;

/**
 * The file through which the trainers of a gang sum their gradients. Closing deletes what a gang left of it.
 *
 * <p>It is in memory where memory has room for it, else on the disk that work is done on, which is slower.
 *
 * @param file that rank 0 makes
 * @param memory folder of it, where it is in memory
 */
public record SharedNumbers(Path file, Optional<Scratch> memory) implements AutoCloseable {
    private static final Path MEMORY = Path.of("/dev/shm");
    /** Of each user its own: another's cannot be written to. */
    private static final Path OURS = MEMORY.resolve("dreambooth-" + System.getProperty("user.name"));
    /** A model's file may hold half of the bytes of an fp32 gradient; as much again is left to others. */
    private static final int ROOM = 4;

    static SharedNumbers of(Path model, int ranks, Scratch scratch) {
        String name = "gradients";
        try {
            boolean inMemory = ranks > 1
                    && Files.isWritable(MEMORY)
                    && Files.getFileStore(MEMORY).getUsableSpace() > bytes(model) * ROOM * ranks;
            if (!inMemory) {
                return new SharedNumbers(scratch.file(name), Optional.empty());
            }
            Scratch memory = Scratch.below(OURS);
            return new SharedNumbers(memory.file(name), Optional.of(memory));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot look at the files of " + model + ": " + e.getMessage(), e);
        }
    }

    /** Gives the memory back that gangs of killed processes hold: nobody else would, and memory is no disk. */
    public static void sweep() {
        if (Files.isDirectory(OURS)) {
            Scratch.below(OURS).close();
        }
    }

    private static long bytes(Path model) throws IOException {
        try (Stream<Path> files = Files.walk(model)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
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
