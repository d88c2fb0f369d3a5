package org.dreamboothactors.storage;

import io.minio.GetObjectArgs;
import io.minio.StatObjectArgs;
import io.minio.StatObjectResponse;
import io.minio.errors.ErrorResponseException;
import io.minio.errors.MinioException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Gets objects out of the bucket and checks them while they stream. */
record Reads(Connection store) {

    Optional<Stored> stat(String key) {
        return store.calls().run("look up " + key, () -> {
            try {
                StatObjectResponse found = store.client()
                        .statObject(StatObjectArgs.builder()
                                .bucket(store.bucket())
                                .object(key)
                                .build());
                List<String> digest = List.copyOf(found.userMetadata().get(Writes.SHA256));
                return Optional.of(new Stored(key, found.size(), digest.isEmpty() ? "" : digest.getFirst()));
            } catch (ErrorResponseException e) {
                if (Calls.isCode(e, Calls.NO_OBJECT)) {
                    return Optional.empty();
                }
                throw e;
            }
        });
    }

    byte[] whole(String key, int limitBytes) {
        return store.calls().run("read " + key, () -> {
            try (InputStream in = open(key)) {
                byte[] content = in.readNBytes(limitBytes + 1);
                if (content.length > limitBytes) {
                    throw new CorruptObjectException("it has more than " + limitBytes + " bytes, the limit");
                }
                return content;
            }
        });
    }

    byte[] verified(Stored expected) {
        return store.calls().run("read " + expected.key(), () -> {
            try (InputStream in = open(expected.key())) {
                byte[] content = in.readNBytes(Math.toIntExact(expected.sizeBytes()) + 1);
                check(expected, content.length, Sha256.of(content));
                return content;
            }
        });
    }

    void fetch(Stored expected, Path target) {
        Path parent = Optional.ofNullable(target.toAbsolutePath().getParent()).orElseThrow();
        Path part = parent.resolve(target.getFileName() + "." + UUID.randomUUID() + ".part");
        store.calls().run("fetch " + expected.key(), () -> {
            LocalFile.makeFolder(parent);
            try {
                try (OutputStream out = LocalFile.write(part)) {
                    stream(expected, out);
                }
                LocalFile.publish(part, target);
                return target;
            } finally {
                Files.deleteIfExists(part);
            }
        });
    }

    void verify(Stored expected) {
        store.calls().run("verify " + expected.key(), () -> {
            stream(expected, OutputStream.nullOutputStream());
            return true;
        });
    }

    byte[] range(String key, long offset, int length) {
        return store.calls().run("read " + key, () -> {
            GetObjectArgs range = GetObjectArgs.builder()
                    .bucket(store.bucket())
                    .object(key)
                    .offset(offset)
                    .length((long) length)
                    .build();
            try (InputStream in = store.client().getObject(range)) {
                return in.readNBytes(length);
            }
        });
    }

    private InputStream open(String key) throws MinioException {
        return store.client()
                .getObject(GetObjectArgs.builder()
                        .bucket(store.bucket())
                        .object(key)
                        .build());
    }

    private void stream(Stored expected, OutputStream target) throws MinioException, IOException {
        try (InputStream in = open(expected.key());
                DigestOutputStream out = new DigestOutputStream(target, Sha256.digest())) {
            long size = in.transferTo(out);
            check(expected, size, Sha256.hex(out.getMessageDigest().digest()));
        }
    }

    private static void check(Stored expected, long sizeBytes, String sha256) throws CorruptObjectException {
        if (sizeBytes != expected.sizeBytes() || !sha256.equals(expected.sha256())) {
            throw new CorruptObjectException(
                    "it is " + sizeBytes + " bytes with SHA-256 " + sha256 + ", expected " + expected.sizeBytes()
                            + " bytes with " + expected.sha256() + ". The object was damaged or replaced");
        }
    }
}
