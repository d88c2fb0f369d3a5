package org.dreamboothactors.storage;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;

/**
 * Tries what some stores accept and do not do: writers race for one key ({@code If-None-Match}), and an object has to come
 * back with its metadata, which is where its digest is.
 */
record StoreProbe(ArtifactStore store) {
    private static final int ROUNDS = 4;
    private static final int WRITERS = 8;

    void run() {
        String key = "probe/" + UUID.randomUUID();
        try (ExecutorService writers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int round = 0; round < ROUNDS; round++) {
                long winners = race(writers, key + "-" + round);
                if (winners != 1) {
                    throw new StorageException("Cannot use bucket " + store.bucket() + ": of " + WRITERS
                            + " racing conditional writes of one key " + winners
                            + " succeeded, expected 1. Take a store with atomic If-None-Match (S3, MinIO, S3Proxy 4)");
                }
            }
        }
        refuseLostMetadata(key);
    }

    private void refuseLostMetadata(String key) {
        Stored put = store.put(key, key.getBytes(StandardCharsets.UTF_8));
        try {
            Optional<Stored> found = store.stat(key);
            if (!found.equals(Optional.of(put))) {
                throw new StorageException("Cannot use bucket " + store.bucket() + ": an object came back as " + found
                        + ", expected " + put + ". Take a store that keeps metadata of objects");
            }
        } finally {
            store.remove(key);
        }
    }

    private long race(ExecutorService writers, String key) {
        AtomicBoolean go = new AtomicBoolean();
        List<Future<Boolean>> tries = IntStream.range(0, WRITERS)
                .mapToObj(writer -> writers.submit(() -> {
                    while (!go.get()) {
                        Thread.onSpinWait();
                    }
                    return store.createOnce(key, ("writer " + writer).getBytes(StandardCharsets.UTF_8));
                }))
                .toList();
        go.set(true);
        try {
            long winners = 0;
            for (Future<Boolean> one : tries) {
                winners += one.get() ? 1 : 0;
            }
            return winners;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StorageException("Cannot probe the store: interrupted", e);
        } catch (java.util.concurrent.ExecutionException e) {
            throw new StorageException("Cannot probe the store: " + e.getCause(), e);
        } finally {
            store.remove(key);
        }
    }
}
