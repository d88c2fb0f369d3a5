package org.dreamboothactors.deploy.remote;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalLong;
import org.dreamboothactors.deploy.remote.Remote.Feed;
import org.dreamboothactors.protocol.v1.CheckpointReady;

/** Finds a run's checkpoint among all that were announced. */
public final class Announced {
    private static final Duration QUIET = Duration.ofSeconds(3);

    private Announced() {}

    /**
     * The checkpoint of a step, or the newest; empty when it was not announced within this time.
     *
     * @param step empty: the run's last, or the newest when nothing more comes for a while
     */
    public static Optional<CheckpointReady> find(
            Remote remote, String runId, OptionalLong step, Duration atMost, InstantSource clock) {
        Instant limit = clock.instant().plus(atMost);
        Optional<CheckpointReady> newest = Optional.empty();
        try (Feed<CheckpointReady> all = remote.checkpoints()) {
            while (clock.instant().isBefore(limit)) {
                Optional<CheckpointReady> next = all.next(QUIET);
                if (next.isEmpty() && (newest.isPresent() || step.isPresent())) {
                    return newest;
                }
                Optional<CheckpointReady> ours = next.filter(
                                ready -> ready.getRunId().equals(runId))
                        .filter(ready -> step.isEmpty() || ready.getStep() == step.getAsLong());
                if (ours.isPresent()) {
                    newest = ours;
                    if (step.isPresent() || ours.get().getLast()) {
                        return newest;
                    }
                }
            }
            return newest;
        }
    }
}
