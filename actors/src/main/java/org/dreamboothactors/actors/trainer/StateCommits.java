package org.dreamboothactors.actors.trainer;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import org.dreamboothactors.actors.device.DeviceAnswer.Saved;
import org.dreamboothactors.actors.device.DeviceCommand;
import org.dreamboothactors.actors.work.RunFolders;
import org.dreamboothactors.actors.work.Scratch;
import org.dreamboothactors.protocol.Events;
import org.dreamboothactors.protocol.v1.StepsCommitted;
import org.dreamboothactors.storage.ArtifactStore;
import org.dreamboothactors.storage.CommitLog;
import org.dreamboothactors.storage.CommitLog.Appended;
import org.dreamboothactors.storage.CommitLog.Commit;
import org.dreamboothactors.storage.CommitLog.Kind;
import org.dreamboothactors.storage.CommitLog.Lost;
import org.dreamboothactors.storage.StorageException;
import org.dreamboothactors.storage.Stored;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits the state of a run while it trains.
 *
 * <p>The device stops only to write the state to local disk; it is hashed and uploaded while training goes on, and
 * becomes part of the log with the next {@link #settle}. One upload at a time. Owned by the training thread.
 */
final class StateCommits implements AutoCloseable {
    /** The newest, and one more in case it cannot be read. */
    static final int KEPT = 2;

    private static final Logger LOG = LoggerFactory.getLogger(StateCommits.class);
    private static final Executor UPLOADS = Executors.newVirtualThreadPerTaskExecutor();
    private static final int FAILURES_BORNE = 3;

    private final Workplace place;
    private final ArtifactStore store;
    private final RunInWork run;
    private final CommitLog log;
    private final CommitPace pace;
    private Optional<Upload> pending = Optional.empty();
    private long committedStep;
    private Instant lastBegun;
    private int failures;

    private record Upload(
            long step, String weightsSha256, Path file, Instant begun, CompletableFuture<Stored> stored) {}

    StateCommits(Workplace place, RunInWork run, CommitLog log, Duration longestInterval) {
        this.place = place;
        this.store = place.node().store();
        this.run = run;
        this.log = log;
        this.pace = new CommitPace(longestInterval);
        this.lastBegun = place.clock().instant();
    }

    /** Takes note of the state that training goes on from, and drops older ones that a crash left. */
    void startFrom(long step) {
        committedStep = step;
        if (log.newest(Kind.STATE).isPresent()) {
            Set<String> there = new HashSet<>(store.list(blobs(run.prefix())));
            forgotten().stream().filter(there::contains).forEach(store::remove);
        }
    }

    /** Nobody goes on from here any more: the run is trained, or was ended. */
    void giveUp() {
        if (pending.isPresent()) {
            store.remove(stored(pending.get()).key());
            pending = Optional.empty();
        }
        removeAll(store, run.runId());
    }

    /** Removes all states, once nobody will go on from one; also those whose trainer was lost before it committed them. */
    static void removeAll(ArtifactStore store, String runId) {
        store.list(blobs(RunFolders.commits(runId))).forEach(store::remove);
    }

    /**
     * Enters what is on its way to the store into the log, whatever ended the training: whoever goes on has it, and whoever
     * erases the run afterwards finds it.
     */
    @Override
    public void close() {
        try {
            await();
        } catch (RuntimeException e) { // a store that is away, or another trainer that was first: nothing to add
            LOG.info("{}: a state that was on its way is not committed: {}", run.runId(), e.toString());
        }
    }

    private static String blobs(String prefix) {
        return prefix + "blobs/";
    }

    /** Snapshots the state and lets it be uploaded, unless that was done a short while ago. */
    void beginIfDue(long step) {
        Duration sinceLast = Duration.between(lastBegun, place.clock().instant());
        if (pending.isEmpty() && pace.isDue(sinceLast)) {
            begin(step);
        }
    }

    /** Enters a finished upload into the log. Throws {@link RunLost} when another trainer was there first. */
    void settle() {
        if (pending.isEmpty() || !pending.get().stored().isDone()) {
            return;
        }
        try {
            await();
            failures = 0;
        } catch (StorageException e) { // work at risk grows, but none is lost yet
            failures++;
            if (failures > FAILURES_BORNE) {
                throw e;
            }
            LOG.warn("{}: a state could not be stored, the next will be tried: {}", run.runId(), e.getMessage());
        }
    }

    /** The same, but waits for the upload and bears no failure. */
    void await() {
        if (pending.isPresent()) {
            Upload upload = pending.get();
            pending = Optional.empty();
            finish(upload);
        }
    }

    /** Commits the state of this step, unless it is. */
    void commitNow(long step) {
        await();
        if (committedStep != step) {
            begin(step);
            await();
        }
    }

    private void begin(long step) {
        lastBegun = place.clock().instant();
        Path file = place.scratch().file("state-" + step + ".safetensors");
        Saved saved = place.device().ask(new DeviceCommand.SaveState(file), Saved.class);
        CompletableFuture<Stored> stored =
                CompletableFuture.supplyAsync(() -> store.putBlob(run.prefix(), file), UPLOADS);
        pending = Optional.of(new Upload(step, saved.weightsSha256(), file, lastBegun, stored));
    }

    private void finish(Upload upload) {
        Stored blob = stored(upload);
        switch (log.append(
                Kind.STATE, upload.step(), run.attempt(), run.environment(), upload.weightsSha256(), List.of(blob))) {
            case Lost(Commit winner) -> throw new RunLost(winner);
            case Appended(Commit commit) -> {
                Duration cost = Duration.between(upload.begun(), place.clock().instant());
                pace.learn(cost, commit.index());
                committedStep = upload.step();
                tell(commit, blob, cost);
                forgotten().stream().limit(1).forEach(store::remove); // the others were at their time
            }
        }
    }

    /** The uploaded state. The store bounds the wait. */
    private static Stored stored(Upload upload) {
        try {
            return upload.stored().join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        } finally {
            Scratch.delete(upload.file());
        }
    }

    private void tell(Commit commit, Stored blob, Duration cost) {
        place.node()
                .facts()
                .tell(Events.event(run.runId(), "steps-committed-" + commit.index())
                        .setStepsCommitted(StepsCommitted.newBuilder()
                                .setAttempt(run.attempt())
                                .setStep(commit.step())
                                .setLogIndex(commit.index())
                                .setStateSha256(blob.sha256())
                                .setStateBytes(blob.sizeBytes())
                                .setCommitSeconds(cost.toMillis() / 1000.0))
                        .build());
    }

    /** Keys of the blobs of all states that are not kept, newest first. */
    private List<String> forgotten() {
        List<Commit> states = states(log);
        List<String> kept = keys(states.stream().limit(KEPT).toList());
        return keys(states.stream().skip(KEPT).toList()).stream()
                .filter(key -> !kept.contains(key))
                .toList();
    }

    /** Newest first. */
    private static List<Commit> states(CommitLog log) {
        return log.all().reversed().stream()
                .filter(commit -> commit.kind() == Kind.STATE)
                .toList();
    }

    private static List<String> keys(List<Commit> states) {
        return states.stream()
                .flatMap(state -> state.blobs().stream())
                .map(Stored::key)
                .toList();
    }
}
