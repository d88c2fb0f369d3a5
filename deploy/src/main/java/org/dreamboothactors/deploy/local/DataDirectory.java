package org.dreamboothactors.deploy.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.dreamboothactors.deploy.UsageException;

/** The folder of a one-machine service, held by one process at a time. The lock ends with the process, however it ends. */
public final class DataDirectory implements AutoCloseable {
    /** File whose lock says that the folder is taken. */
    public static final String LOCK = "lock";

    private final Path root;
    private final FileChannel lock;

    private DataDirectory(Path root, FileChannel lock) {
        this.root = root;
        this.lock = lock;
    }

    /** Creates the folder when missing and takes it; refuses when another process has it. */
    public static DataDirectory take(Path folder) {
        Path root = folder.toAbsolutePath().normalize();
        try {
            Files.createDirectories(root);
            FileChannel channel =
                    FileChannel.open(root.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (!locked(channel)) {
                channel.close();
                throw new UsageException("Cannot use " + root + ": another dreambooth holds it, expected a free folder."
                        + " Stop the other one, talk to it with submit, or give another --data-dir");
            }
            return new DataDirectory(root, channel);
        } catch (IOException e) {
            throw new UsageException("Cannot use " + root + ": " + e + ", expected a folder that can be written", e);
        }
    }

    private static boolean locked(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false; // taken by this very process
        }
    }

    public Path kafka() {
        return root.resolve("kafka");
    }

    public Path store() {
        return root.resolve("s3");
    }

    /** Scratch space that may be lost at any time. */
    public Path work() {
        return root.resolve("work");
    }

    /** For whom the service's output on the terminal is no place, such as the demo. */
    public Path log() {
        return root.resolve("log").resolve("dreambooth.log");
    }

    /** Where downloaded checkpoints go unless people name another folder. */
    public Path checkpoints() {
        return root.resolve("checkpoints");
    }

    Path credentialsFile() {
        return root.resolve("s3-credentials");
    }

    Path storePortFile() {
        return root.resolve("s3-port");
    }

    public Path root() {
        return root;
    }

    /** Deletes what services kept here, and nothing else that may lie in the folder. Whose it is, the caller knows. */
    public void empty() {
        List<Path> ours = List.of(
                kafka(),
                store(),
                work(),
                root.resolve("log"),
                checkpoints(),
                connectionFile(),
                credentialsFile(),
                storePortFile());
        for (Path path : ours) {
            try (Stream<Path> below = Files.exists(path) ? Files.walk(path) : Stream.empty()) {
                for (Path each : below.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(each);
                }
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot delete " + path + ": " + e, e);
            }
        }
    }

    public Path connectionFile() {
        return root.resolve(Connection.FILE);
    }

    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
