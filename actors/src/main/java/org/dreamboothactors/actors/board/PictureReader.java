package org.dreamboothactors.actors.board;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import javax.imageio.ImageIO;
import org.apache.pekko.util.ByteString;
import org.dreamboothactors.diffusion.images.Preview;
import org.dreamboothactors.storage.ArtifactStore;
import org.dreamboothactors.storage.Stored;

/**
 * Reads pictures from the store, checked against their digest; anything that is no PNG is refused. Of a large one, such as
 * the clean copy of a phone's photo, a smaller one is made.
 */
final class PictureReader {
    /** What a sampler draws has less. */
    static final long WHOLE_BYTES = 4L << 20;

    private static final long MOST_BYTES = 256L << 20;
    private static final int SIDE = 1024; // pixels, of a large one at least

    private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

    private final ArtifactStore store;
    private final Executor blocking;

    /** @param blocking refuses with RejectedExecutionException when it has too much to do */
    PictureReader(ArtifactStore store, Executor blocking) {
        this.store = store;
        this.blocking = blocking;
    }

    /** The bytes; fails with the store's exception, or IllegalArgumentException when this is no picture to show. */
    CompletionStage<ByteString> read(Stored picture) {
        if (picture.sizeBytes() > MOST_BYTES) {
            return CompletableFuture.failedFuture(
                    refusal(picture, picture.sizeBytes() + " bytes, expected at most " + MOST_BYTES));
        }
        return CompletableFuture.supplyAsync(
                () -> picture.sizeBytes() <= WHOLE_BYTES ? png(picture, store.readVerified(picture)) : small(picture),
                blocking);
    }

    /** By way of a file: a few visitors at once would fill the memory. */
    private ByteString small(Stored picture) {
        try {
            Path folder = Files.createTempDirectory("dreambooth-picture-"); // its owner's alone
            Path file = folder.resolve("whole.png");
            try {
                store.fetch(picture, file);
                ByteArrayOutputStream small = new ByteArrayOutputStream();
                ImageIO.write(Preview.read(file, SIDE), "png", small);
                return ByteString.fromArray(small.toByteArray());
            } finally {
                Files.deleteIfExists(file);
                Files.delete(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot show " + picture.key() + ": " + e, e);
        }
    }

    private static ByteString png(Stored picture, byte[] content) {
        if (content.length < PNG.length || !Arrays.equals(PNG, 0, PNG.length, content, 0, PNG.length)) {
            throw refusal(picture, "another content, expected PNG");
        }
        return ByteString.fromArray(content);
    }

    private static IllegalArgumentException refusal(Stored picture, String what) {
        return new IllegalArgumentException("Cannot show " + picture.key() + ": it has " + what);
    }
}
