package org.dreamboothactors.diffusion.weights;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** A file that is there as a whole or not at all: it is written beside its place and then moved there. */
public final class WholeFile {
    private WholeFile() {}

    /** What is written; the channel stays open. */
    public interface Content {
        void writeTo(FileChannel out) throws IOException;
    }

    /**
     * Writes {@code file}, in place of one that may be there. Throws {@link UncheckedIOException} with its name, or what
     * {@code content} throws; then what was there is as it was, and no draft lies beside it.
     */
    public static void write(Path file, Content content) {
        Path draft = file.resolveSibling(file.getFileName() + ".new");
        try {
            try (FileChannel out = FileChannel.open(
                    draft, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
                content.writeTo(out);
                out.force(true);
            }
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw without(draft, new UncheckedIOException("Cannot write " + file + ": " + e.getMessage(), e));
        } catch (RuntimeException e) {
            throw without(draft, e);
        }
    }

    /** Every byte: a channel may take some of them at a time. */
    static void writeAll(WritableByteChannel out, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }

    private static RuntimeException without(Path draft, RuntimeException cause) {
        try {
            Files.deleteIfExists(draft);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
        return cause;
    }
}
