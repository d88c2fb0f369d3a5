package org.dreamboothactors.storage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The history of a run's states and checkpoints: entries {@code log/<n>} that are created once and never changed.
 *
 * <p>An append goes to the place after the last entry this object knows. Whoever slept while another went on loses the
 * race for that place and learns the winner, so that of two trainers only one can go on. Every entry holds the digest
 * of the one before. Owned by one thread.
 */
public final class CommitLog {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LARGEST_ENTRY = 4 << 20;

    private final ArtifactStore store;
    private final String prefix;
    private final List<Commit> commits = new ArrayList<>();

    private CommitLog(ArtifactStore store, String prefix) {
        this.store = store;
        this.prefix = prefix;
    }

    /**
     * Reads a run's log.
     *
     * @param runPrefix with a trailing slash, e.g. {@code runs/a/}
     */
    public static CommitLog open(ArtifactStore store, String runPrefix) {
        CommitLog log = new CommitLog(store, runPrefix + "log/");
        int entries = store.list(log.prefix).size();
        for (int index = 0; index < entries; index++) {
            log.commits.add(log.read(index));
        }
        return log;
    }

    /** What a commit is of. */
    public enum Kind {
        /** Training can go on from here. */
        STATE,
        /** A verified checkpoint folder. */
        CHECKPOINT
    }

    /**
     * One entry.
     *
     * @param index place in the log, from 0
     * @param step optimizer steps done
     * @param attempt of the trainer that wrote it
     * @param environment where its bits were computed
     * @param weightsSha256 over the trained tensors
     * @param blobs the objects it consists of
     * @param previousDigest digest of the entry before; empty for the first
     */
    public record Commit(
            long index,
            Kind kind,
            long step,
            int attempt,
            String environment,
            String weightsSha256,
            List<Stored> blobs,
            String previousDigest) {
        public Commit {
            blobs = List.copyOf(blobs);
        }

        byte[] bytes() {
            try {
                return JSON.writeValueAsBytes(this);
            } catch (JsonProcessingException e) {
                throw new StorageException("Cannot write commit " + index + ": " + e.getMessage(), e);
            }
        }

        String digest() {
            return Sha256.of(bytes());
        }
    }

    /** What became of an append. */
    public sealed interface Append {}

    public record Appended(Commit commit) implements Append {}

    /** Someone else went on from here; the caller has to stop. */
    public record Lost(Commit winner) implements Append {}

    public List<Commit> all() {
        return List.copyOf(commits);
    }

    public Optional<Commit> newest() {
        return commits.isEmpty() ? Optional.empty() : Optional.of(commits.getLast());
    }

    public Optional<Commit> newest(Kind kind) {
        return commits.reversed().stream()
                .filter(commit -> commit.kind() == kind)
                .findFirst();
    }

    /** Adds an entry, unless another writer was faster or a newer attempt has begun. */
    public Append append(
            Kind kind, long step, int attempt, String environment, String weightsSha256, List<Stored> blobs) {
        Optional<Commit> last = newest();
        if (last.isPresent() && last.get().attempt() > attempt) {
            return new Lost(last.get());
        }
        Commit commit = new Commit(
                commits.size(),
                kind,
                step,
                attempt,
                environment,
                weightsSha256,
                blobs,
                last.map(Commit::digest).orElse(""));
        if (!store.createOnce(key(commit.index()), commit.bytes())) {
            Commit there = read(commit.index());
            if (!there.equals(commit)) { // equal: an earlier try of this append, whose answer was lost
                return new Lost(there);
            }
        }
        commits.add(commit);
        return new Appended(commit);
    }

    private Commit read(long index) {
        byte[] content = store.read(key(index), LARGEST_ENTRY);
        try {
            Commit commit = JSON.readValue(content, Commit.class);
            String before = index == 0 || index > commits.size()
                    ? commit.previousDigest()
                    : commits.get((int) index - 1).digest();
            if (commit.index() != index || !commit.previousDigest().equals(before)) {
                throw new IOException("entry " + commit.index() + " follows digest " + commit.previousDigest()
                        + ", expected entry " + index + " after " + before);
            }
            return commit;
        } catch (IOException e) {
            throw new StorageException(
                    "Cannot read the commit log: " + key(index) + " is damaged (" + e.getMessage() + " in "
                            + new String(content, StandardCharsets.UTF_8) + "). Remove the run and submit it again",
                    e);
        }
    }

    private String key(long index) {
        return prefix + String.format(Locale.ROOT, "%08d", index);
    }
}
