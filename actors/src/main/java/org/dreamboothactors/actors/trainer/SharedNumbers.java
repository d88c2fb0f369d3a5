package org.dreamboothactors.actors.trainer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.stream.Stream;
import org.dreamboothactors.actors.work.Scratch;

/**
 * Name of the file through which the trainers of a gang sum their gradients. Closing deletes what a gang left of it.
 *
 * <p>It is in memory where memory has room for it, else on the disk that work is done on, which is slower.
 */
record SharedNumbers(Path file) implements AutoCloseable {
    private static final Path MEMORY = Path.of("/dev/shm");
    /** A model's file may hold half of the bytes of an fp32 gradient; as much again is left to others. */
    private static final int ROOM = 4;

    static SharedNumbers of(Path model, int ranks, Scratch scratch) {
        String name = "dreambooth-" + ProcessHandle.current().pid() + "-" + UUID.randomUUID();
        try {
            boolean inMemory = ranks > 1
                    && Files.isWritable(MEMORY)
                    && Files.getFileStore(MEMORY).getUsableSpace() > bytes(model) * ROOM * ranks;
            return new SharedNumbers(inMemory ? MEMORY.resolve(name) : scratch.file(name));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot look at the files of " + model + ": " + e.getMessage(), e);
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
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot delete " + file + ": " + e.getMessage(), e);
        }
    }
}
