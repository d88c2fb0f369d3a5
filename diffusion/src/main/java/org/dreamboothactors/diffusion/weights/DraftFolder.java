package org.dreamboothactors.diffusion.weights;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A hidden folder beside a path, where large files are made before they are moved to that path as a whole.
 *
 * <p>It is this process's alone, has a new name each time, and is deleted with all that is left in it: when it is closed,
 * and when the process ends before. What a process left that was killed, a later one for the same path deletes.
 */
public final class DraftFolder implements AutoCloseable {
    /** A thread that is interrupted by the process's end may still write while the folder is deleted. */
    private static final int MOST_ATTEMPTS = 5;
    /** Longer than anything is in the making. */
    private static final Duration ABANDONED_AFTER = Duration.ofDays(1);

    private static final Logger LOG = LoggerFactory.getLogger(DraftFolder.class);

    private final Path folder;
    private final Thread atExit;

    private DraftFolder(Path folder) {
        this.folder = folder;
        this.atExit = new Thread(this::deleteAtExit, "delete-draft");
    }

    /** A new one, on the same file system as {@code target}; folders above are made when absent. */
    public static DraftFolder beside(Path target) {
        Path absolute = target.toAbsolutePath().normalize();
        String prefix = "." + absolute.getFileName() + ".draft-";
        try {
            Path parent = Files.createDirectories(absolute.resolveSibling(""));
            deleteAbandoned(parent, prefix);
            DraftFolder draft = new DraftFolder(Files.createTempDirectory(parent, prefix));
            Runtime.getRuntime().addShutdownHook(draft.atExit);
            return draft;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write beside " + absolute + ": " + e, e);
        }
    }

    private static void deleteAbandoned(Path parent, String prefix) throws IOException {
        Instant oldest = Instant.now().minus(ABANDONED_AFTER);
        try (DirectoryStream<Path> drafts = Files.newDirectoryStream(
                parent, path -> String.valueOf(path.getFileName()).startsWith(prefix))) {
            for (Path draft : drafts) {
                try {
                    if (Files.getLastModifiedTime(draft).toInstant().isBefore(oldest)) {
                        delete(draft);
                    }
                } catch (IOException | UncheckedIOException e) { // another process deletes it, too
                    LOG.debug("{} is left: {}", draft, e.toString());
                }
            }
        }
    }

    /** A place in the folder, where nothing is yet. */
    public Path path(String name) {
        return folder.resolve(name);
    }

    /** Deletes what was made at a place, to free the disk early. */
    public void drop(Path path) {
        try {
            delete(path);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot delete " + path + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException _) {
            return; // the process ends, and that thread deletes
        }
        drop(folder);
    }

    private void deleteAtExit() {
        for (int i = 0; i < MOST_ATTEMPTS; i++) {
            try {
                delete(folder);
                return;
            } catch (IOException | UncheckedIOException _) { // a file came or went meanwhile
                Thread.onSpinWait();
            }
        }
    }

    private static void delete(Path path) throws IOException {
        if (!Files.exists(path)) {
            return;
        }
        try (Stream<Path> content = Files.walk(path)) {
            List<Path> deepestFirst = content.sorted(Comparator.reverseOrder()).toList();
            for (Path each : deepestFirst) {
                Files.deleteIfExists(each);
            }
        }
    }
}
