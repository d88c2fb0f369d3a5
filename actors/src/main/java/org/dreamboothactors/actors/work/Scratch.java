package org.dreamboothactors.actors.work;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A folder for the files of one piece of work; closing deletes it.
 *
 * <p>It is named after its process, so that what a killed process left behind is found and deleted.
 */
public final class Scratch implements AutoCloseable {
    private static final String OURS = "work-" + named(ProcessHandle.current());

    private final Path folder;

    private Scratch(Path folder) {
        this.folder = folder;
    }

    /** An empty folder below {@code parent}, where processes that are gone no longer have any. */
    public static Scratch below(Path parent) {
        try {
            Files.createDirectories(parent);
            sweep(parent);
            return new Scratch(Files.createTempDirectory(parent, OURS + "-"));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot make a folder in " + parent + ": " + e.getMessage(), e);
        }
    }

    /** Names come from messages, too: one that leads out of the folder is refused. */
    public Path file(String name) {
        Path file = folder.resolve(name).normalize();
        if (!folder.normalize().equals(file.getParent())) {
            throw new IllegalArgumentException("Cannot use '" + name + "' as the name of a file in " + folder);
        }
        return file;
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

    private static void sweep(Path parent) throws IOException {
        try (Stream<Path> folders = Files.list(parent)) {
            folders.filter(folder -> !isInUse(String.valueOf(folder.getFileName())))
                    .forEach(Scratch::delete);
        }
    }

    private static boolean isInUse(String name) {
        String[] parts = name.split("-", 4); // work, process id, its start, something random
        if (parts.length < 4 || !parts[0].equals("work") || !parts[1].matches("[0-9]{1,18}")) {
            return true; // not a folder of ours
        }
        Optional<ProcessHandle> process = ProcessHandle.of(Long.parseLong(parts[1]));
        return process.isPresent() && name.startsWith("work-" + named(process.get()) + "-");
    }

    /** The start tells processes apart that had the same id one after the other, as those of containers have. */
    private static String named(ProcessHandle process) {
        return process.pid() + "-"
                + process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    }
}
