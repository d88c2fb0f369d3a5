package org.dreamboothactors.actors.trainer;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import org.dreamboothactors.actors.device.Device;
import org.dreamboothactors.actors.device.DeviceAnswer.Saved;
import org.dreamboothactors.actors.device.DeviceCommand;
import org.dreamboothactors.actors.work.Node;
import org.dreamboothactors.actors.work.Scratch;
import org.dreamboothactors.protocol.Events;
import org.dreamboothactors.protocol.v1.StepsCommitted;
import org.dreamboothactors.storage.CommitLog;
import org.dreamboothactors.storage.CommitLog.Append;
import org.dreamboothactors.storage.CommitLog.Appended;
import org.dreamboothactors.storage.CommitLog.Commit;
import org.dreamboothactors.storage.CommitLog.Kind;
import org.dreamboothactors.storage.CommitLog.Lost;
import org.dreamboothactors.storage.Stored;

/**
 * Commits the state of a run while it trains.
 *
 * <p>The device stops only to write the state to local disk; it is hashed and uploaded while training goes on, and
 * becomes part of the log with the next {@link #settle}. One upload at a time. Owned by the training thread.
 */
final class StateCommits {
    private static final Executor UPLOADS = Executors.newVirtualThreadPerTaskExecutor();
    private static final int KEPT = 2;

    private final Node node;
    private final RunInWork run;
    private final CommitLog log;
    private final Scratch scratch;
    private final CommitPace pace;
    private Optional<Upload> pending = Optional.empty();
    private long lastNanos = System.nanoTime();

    private record Upload(
            long step, String weightsSha256, Path file, long begunNanos, CompletableFuture<Stored> stored) {}

    StateCommits(Node node, RunInWork run, CommitLog log, Scratch scratch, Duration longestInterval) {
        this.node = node;
        this.run = run;
        this.log = log;
        this.scratch = scratch;
        this.pace = new CommitPace(longestInterval);
    }

    boolean isDue() {
        return pending.isEmpty() && pace.isDue(Duration.ofNanos(System.nanoTime() - lastNanos));
    }

    /** Snapshots the state and lets it be uploaded. */
    void begin(long step, Device.Turn device) {
        long begun = System.nanoTime();
        Path file = scratch.file("state-" + step + ".safetensors");
        Saved saved = device.ask(new DeviceCommand.SaveState(file), Saved.class);
        CompletableFuture<Stored> stored =
                CompletableFuture.supplyAsync(() -> node.store().putBlob(run.prefix(), file), UPLOADS);
        pending = Optional.of(new Upload(step, saved.weightsSha256(), file, begun, stored));
    }

    /** Enters a finished upload into the log. Throws {@link RunLost} when another trainer was there first. */
    void settle() {
        if (pending.isPresent() && pending.get().stored().isDone()) {
            finish(pending.get());
        }
    }

    /** The same, but waits for the upload. */
    void await() {
        pending.ifPresent(this::finish);
    }

    private void finish(Upload upload) {
        pending = Optional.empty();
        Stored blob;
        try {
            blob = upload.stored().join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        } finally {
            Scratch.delete(upload.file());
        }
        Append append = log.append(
                Kind.STATE, upload.step(), run.attempt(), run.environment(), upload.weightsSha256(), List.of(blob));
        switch (append) {
            case Lost(Commit winner) -> throw new RunLost(winner);
            case Appended(Commit commit) -> {
                Duration cost = Duration.ofNanos(System.nanoTime() - upload.begunNanos());
                pace.learn(cost);
                lastNanos = System.nanoTime();
                tell(commit, blob, cost);
                forget();
            }
        }
    }

    private void tell(Commit commit, Stored blob, Duration cost) {
        node.facts()
                .tell(Events.event(run.runId(), "steps-committed-" + commit.index())
                        .setStepsCommitted(StepsCommitted.newBuilder()
                                .setAttempt(run.attempt())
                                .setStep(commit.step())
                                .setLogIndex(commit.index())
                                .setStateSha256(blob.sha256())
                                .setCommitSeconds(cost.toMillis() / 1000.0))
                        .build());
    }

    /** Deletes the blobs of all states but the newest. */
    private void forget() {
        List<Commit> states =
                log.all().stream().filter(commit -> commit.kind() == Kind.STATE).toList();
        if (states.size() > KEPT) {
            List<Stored> kept = states.subList(states.size() - KEPT, states.size()).stream()
                    .flatMap(commit -> commit.blobs().stream())
                    .toList();
            states.get(states.size() - KEPT - 1).blobs().stream()
                    .filter(blob -> !kept.contains(blob))
                    .forEach(blob -> node.store().remove(blob.key()));
        }
    }
}
