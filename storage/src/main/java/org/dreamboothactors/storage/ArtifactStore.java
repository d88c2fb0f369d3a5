package org.dreamboothactors.storage;

import io.minio.BucketExistsArgs;
import io.minio.GetPresignedObjectUrlArgs;
import io.minio.Http;
import io.minio.ListObjectsArgs;
import io.minio.MakeBucketArgs;
import io.minio.RemoveObjectArgs;
import io.minio.Result;
import io.minio.messages.Item;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Everything the service keeps, in one bucket of an S3-compatible store.
 *
 * <p>Calls block, are bounded in time and safe from any thread; they throw {@link StorageException}. Objects written
 * here carry their SHA-256 as metadata, and what is read as {@link Stored} is checked against it.
 */
public final class ArtifactStore implements AutoCloseable {
    private final Connection connection;
    private final Reads reads;
    private final Writes writes;

    private ArtifactStore(StoreSettings settings) {
        connection = Connection.to(settings);
        reads = new Reads(connection);
        writes = new Writes(connection);
    }

    /** Connects to a bucket that exists. */
    public static ArtifactStore open(StoreSettings settings) {
        ArtifactStore store = new ArtifactStore(settings);
        if (!store.bucketExists()) {
            store.close();
            throw new StorageException("Cannot open bucket " + settings.bucket() + " at " + settings.endpoint()
                    + ": there is no such bucket. Create it or name another");
        }
        return store;
    }

    /** Connects to a bucket and makes it when it is missing. */
    public static ArtifactStore openOrCreate(StoreSettings settings) {
        ArtifactStore store = new ArtifactStore(settings);
        if (!store.bucketExists()) {
            store.connection.calls().run("create the bucket", () -> {
                store.connection
                        .client()
                        .makeBucket(
                                MakeBucketArgs.builder().bucket(store.bucket()).build());
                return true;
            });
        }
        return store;
    }

    public String bucket() {
        return connection.bucket();
    }

    public Stored put(String key, byte[] content) {
        return writes.put(key, content);
    }

    /** Writes a file, in parts when it is large; it becomes visible whole or not at all. */
    public Stored put(String key, Path file) {
        Stored stored = Writes.describe(key, file);
        writes.put(stored, file);
        return stored;
    }

    /** Writes content under {@code <prefix>blobs/<sha256>} unless it is there already. */
    public Stored putBlob(String prefix, byte[] content) {
        String sha256 = Sha256.of(content);
        Stored blob = new Stored(prefix + "blobs/" + sha256, content.length, sha256);
        return stat(blob.key()).equals(Optional.of(blob)) ? blob : put(blob.key(), content);
    }

    /** Writes a file under {@code <prefix>blobs/<sha256>} unless it is there already. */
    public Stored putBlob(String prefix, Path file) {
        Stored content = Writes.describe(prefix, file);
        Stored blob = new Stored(prefix + "blobs/" + content.sha256(), content.sizeBytes(), content.sha256());
        if (!stat(blob.key()).equals(Optional.of(blob))) {
            writes.put(blob, file);
        }
        return blob;
    }

    /**
     * Writes an object that must not exist yet; of several writers exactly one succeeds.
     *
     * @return false when someone was first, also when that was an earlier try of this very call
     */
    public boolean createOnce(String key, byte[] content) {
        return writes.createOnce(key, content);
    }

    /** Size and SHA-256 of an object; empty when there is none. The digest is empty for an object not written here. */
    public Optional<Stored> stat(String key) {
        return reads.stat(key);
    }

    /** A whole small object. */
    public byte[] read(String key, int limitBytes) {
        return reads.whole(key, limitBytes);
    }

    /** A whole object, checked against its digest. */
    public byte[] readVerified(Stored expected) {
        return reads.verified(expected);
    }

    /** Brings an object to a file, checked; the file appears whole or not at all. */
    public void fetch(Stored expected, Path target) {
        reads.fetch(expected, target);
    }

    /** Reads an object back as a whole; throws when it is not what was stored. */
    public void verify(Stored expected) {
        reads.verify(expected);
    }

    /** Bytes {@code offset} to {@code offset + length}, fewer at the end of the object. */
    public byte[] readRange(String key, long offset, int length) {
        return reads.range(key, offset, length);
    }

    /** A link by which anyone can read the object for a while. */
    public URI presign(String key, Duration validFor) {
        GetPresignedObjectUrlArgs link = GetPresignedObjectUrlArgs.builder()
                .method(Http.Method.GET)
                .bucket(bucket())
                .object(key)
                .expiry(Math.toIntExact(validFor.toSeconds()))
                .build();
        return connection
                .calls()
                .run(
                        "sign a link to " + key,
                        () -> URI.create(connection.client().getPresignedObjectUrl(link)));
    }

    /** Keys under a prefix, sorted. */
    public List<String> list(String prefix) {
        ListObjectsArgs all = ListObjectsArgs.builder()
                .bucket(bucket())
                .prefix(prefix)
                .recursive(true)
                .build();
        return connection.calls().run("list " + prefix, () -> {
            List<String> keys = new ArrayList<>();
            for (Result<Item> item : connection.client().listObjects(all)) {
                keys.add(item.get().objectName());
            }
            return keys.stream().sorted().toList();
        });
    }

    /** Deletes an object; one that does not exist is no error. */
    public void remove(String key) {
        connection.calls().run("remove " + key, () -> {
            connection
                    .client()
                    .removeObject(RemoveObjectArgs.builder()
                            .bucket(bucket())
                            .object(key)
                            .build());
            return true;
        });
    }

    /** Drops the parts that crashed uploads left behind; returns how many uploads there were. */
    public int abortUnfinishedUploads(Duration olderThan) {
        return connection
                .calls()
                .run("clean unfinished uploads", () -> new UnfinishedUploads(connection).abort(olderThan));
    }

    /** Refuses a store that lets two writers create the same object, or loses its digest. */
    public void probe() {
        new StoreProbe(this).run();
    }

    @Override
    public void close() {
        connection.close();
    }

    private boolean bucketExists() {
        return connection
                .calls()
                .run(
                        "look up the bucket",
                        () -> connection
                                .client()
                                .bucketExists(BucketExistsArgs.builder()
                                        .bucket(bucket())
                                        .build()));
    }
}
