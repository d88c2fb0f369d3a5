package org.dreamboothactors.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What S3Proxy was writing when its process was killed: it lists such a file as an object of its own.
 *
 * <p>S3Proxy 4.0.0 ({@code AbstractNio2BlobStore.putBlob}) writes to the object's name, a dash and a UUID, then notes the
 * content's MD5 beside the file, then renames it. So a file of such a name without the note is half written, or was
 * whole and not yet an object: whoever sent it was told nothing.
 */
final class HalfWritten {
    private static final Logger LOG = LoggerFactory.getLogger(HalfWritten.class);
    private static final Pattern NAME =
            Pattern.compile(".+-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
    private static final String NOTE = "user.content-md5";

    private HalfWritten() {}

    /** Deletes them, before anyone serves the buckets in {@code directory}. */
    static void sweep(Path directory) throws IOException {
        List<Path> found;
        try (Stream<Path> files = Files.walk(directory)) {
            found = files.filter(HalfWritten::isOne).toList();
        }
        for (Path file : found) {
            LOG.info("Deletes {}, which was being written when the store was killed", file);
            Files.delete(file);
        }
    }

    private static boolean isOne(Path file) {
        return NAME.matcher(file.getFileName().toString()).matches() && Files.isRegularFile(file) && !hasNote(file);
    }

    private static boolean hasNote(Path file) {
        UserDefinedFileAttributeView notes = Files.getFileAttributeView(file, UserDefinedFileAttributeView.class);
        try {
            return notes.list().contains(NOTE);
        } catch (IOException e) {
            return true; // it is not known to be half written
        }
    }
}
