package org.dreamboothactors.actors.work;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A folder for the files of one piece of work; closing deletes it. */
public final class Scratch implements AutoCloseable {
    private final Path folder;

    private Scratch(Path folder) {
        this.folder = folder;
    }

    /** An empty folder below {@code parent}. */
    public static Scratch below(Path parent) {
        try {
            Files.createDirectories(parent);
            return new Scratch(Files.createTempDirectory(parent, "work"));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot make a folder in " + parent + ": " + e.getMessage(), e);
        }
    }

    public Path file(String name) {
        return folder.resolve(name);
    }

    /** A folder inside, made. */
    public Path folder(String name) {
        try {
            return Files.createDirectories(folder.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot make " + folder.resolve(name) + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        delete(folder);
    }

    /** Makes an empty file that says that what lies beside it is complete. */
    public static void mark(Path file) {
        try {
            Files.createFile(file);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot make " + file + ": " + e.getMessage(), e);
        }
    }

    /** Deletes a folder and all below; one that does not exist is no error. */
    public static void delete(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            List<Path> deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
            for (Path path : deepestFirst) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot delete " + folder + ": " + e.getMessage(), e);
        }
    }
}
