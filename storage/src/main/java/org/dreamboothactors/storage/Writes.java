package org.dreamboothactors.storage;

import io.minio.PutObjectArgs;
import io.minio.errors.ErrorResponseException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Puts objects into the bucket, each with its SHA-256 as metadata. */
record Writes(Connection store) {
    static final String SHA256 = "sha256";
    /** The client holds a part in memory, and an embedded store another; 10,000 of them are 156 GiB. */
    private static final long PART_BYTES = 16L << 20;

    Stored put(String key, byte[] content) {
        Stored stored = new Stored(key, content.length, Sha256.of(content));
        store.calls().run("write " + key, () -> store.client().putObject(upload(stored, content, Map.of())));
        return stored;
    }

    void put(Stored stored, Path file) {
        store.calls().run("write " + stored.key(), () -> {
            try (InputStream in = new BufferedInputStream(LocalFile.read(file))) {
                return store.client()
                        .putObject(PutObjectArgs.builder().bucket(store.bucket()).object(stored.key()).stream(
                                        in, stored.sizeBytes(), PART_BYTES)
                                .userMetadata(Map.of(SHA256, stored.sha256()))
                                .build());
            }
        });
    }

    boolean createOnce(String key, byte[] content) {
        Stored stored = new Stored(key, content.length, Sha256.of(content));
        return store.calls().run("create " + key, () -> {
            try {
                store.client().putObject(upload(stored, content, Map.of("If-None-Match", "*")));
                return true;
            } catch (ErrorResponseException e) {
                if (Calls.isCode(e, "PreconditionFailed", "ConditionalRequestConflict")) {
                    return false;
                }
                throw e;
            }
        });
    }

    /** What {@code file} will be as an object of this key. */
    static Stored describe(String key, Path file) {
        try {
            return new Stored(key, Files.size(file), Sha256.of(file));
        } catch (IOException e) {
            throw new StorageException("Cannot store " + file + ": it cannot be read. " + e.getMessage(), e);
        }
    }

    private PutObjectArgs upload(Stored stored, byte[] content, Map<String, String> headers) {
        return PutObjectArgs.builder()
                .bucket(store.bucket())
                .object(stored.key())
                .data(content, content.length)
                .userMetadata(Map.of(SHA256, stored.sha256()))
                .headers(headers)
                .build();
    }
}
