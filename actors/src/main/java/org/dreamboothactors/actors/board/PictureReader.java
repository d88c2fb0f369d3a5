package org.dreamboothactors.actors.board;

import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.apache.pekko.util.ByteString;
import org.dreamboothactors.storage.ArtifactStore;
import org.dreamboothactors.storage.Stored;

/** Reads pictures from the store, checked against their digest; anything that is no PNG of modest size is refused. */
final class PictureReader {
    static final long MOST_BYTES = 16L << 20;

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
        return CompletableFuture.supplyAsync(() -> png(picture, store.readVerified(picture)), blocking);
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
