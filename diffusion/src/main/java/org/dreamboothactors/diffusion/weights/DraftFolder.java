package org.dreamboothactors.diffusion.weights;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A hidden folder beside a path, where large files are made before they are moved to that path as a whole.
 *
 * <p>It is this process's alone, has a new name each time, and is deleted with all that is left in it when it is closed. A
 * lock says that its process lives: what a process left that was ended before, the next one for the same path deletes.
 */
public final class DraftFolder implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DraftFolder.class);
    private static final String LOCK = "lock";
    /** Of this process: to look at their locks would give them up, as POSIX has it. */
    private static final Set<Path> OWN = ConcurrentHashMap.newKeySet();

    private final Path folder;
    private final FileChannel lock;
    private final Thread atExit;

    private DraftFolder(Path folder, FileChannel lock) {
        this.folder = folder;
        this.lock = lock;
        this.atExit = new Thread(this::deleteAtExit, "delete-draft");
    }

    /** A new one, on the same file system as {@code target}; folders above are made when absent. */
    public static DraftFolder beside(Path target) {
        Path absolute = target.toAbsolutePath().normalize();
        String prefix = "." + absolute.getFileName() + ".draft-";
        try {
            Path parent = Files.createDirectories(absolute.resolveSibling(""));
            deleteLeft(parent, prefix);
            Path folder = Files.createTempDirectory(parent, prefix);
            OWN.add(folder);
            FileChannel lock =
                    FileChannel.open(folder.resolve(LOCK), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            lock.lock();
            DraftFolder draft = new DraftFolder(folder, lock);
            Runtime.getRuntime().addShutdownHook(draft.atExit);
            return draft;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write beside " + absolute + ": " + e, e);
        }
    }

    private static void deleteLeft(Path parent, String prefix) throws IOException {
        try (DirectoryStream<Path> drafts = Files.newDirectoryStream(
                parent, name -> name.getFileName().toString().startsWith(prefix))) {
            for (Path draft : drafts) {
                if (!OWN.contains(draft) && isLeft(draft)) {
                    delete(draft);
                }
            }
        }
    }

    /** One without a lock is being made at this moment. */
    private static boolean isLeft(Path draft) throws IOException {
        Path file = draft.resolve(LOCK);
        if (!Files.exists(file)) {
            return false;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            return channel.tryLock() != null;
        } catch (NoSuchFileException _) { // just closed
            return false;
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
        unlock();
    }

    /** What a thread still writes meanwhile is deleted when the path is written to again. */
    private void deleteAtExit() {
        try {
            delete(folder);
        } catch (IOException | UncheckedIOException e) {
            LOG.debug("{} is left: {}", folder, e.toString());
        }
        unlock();
    }

    private void unlock() {
        OWN.remove(folder);
        try {
            lock.close();
        } catch (IOException e) {
            LOG.debug("The lock of {} ends with the process: {}", folder, e.toString());
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
