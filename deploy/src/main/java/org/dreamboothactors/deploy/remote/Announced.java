package org.dreamboothactors.deploy.remote;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import org.dreamboothactors.protocol.v1.CheckpointReady;

/** Finds a run's checkpoint among those that were announced. */
public final class Announced {
    private Announced() {}

    /**
     * The checkpoint of a step; empty when it was not announced up to now.
     *
     * @param step empty: the newest
     */
    public static Optional<CheckpointReady> find(Remote remote, String runId, OptionalLong step) {
        AtomicReference<Optional<CheckpointReady>> newest = new AtomicReference<>(Optional.empty());
        remote.replayCheckpoints(runId, ready -> {
            if (step.isEmpty() || ready.getStep() == step.getAsLong()) {
                newest.set(Optional.of(ready));
            }
        });
        return newest.get();
    }

    /**
     * The last checkpoint of a run that is ready; empty when it was not announced within this time. It was published
     * together with that news, but brokers may show the two one after the other.
     */
    public static Optional<CheckpointReady> last(Remote remote, String runId, Duration atMost, InstantSource clock) {
        Instant limit = clock.instant().plus(atMost);
        while (true) {
            Optional<CheckpointReady> newest =
                    find(remote, runId, OptionalLong.empty()).filter(CheckpointReady::getLast);
            if (newest.isPresent() || !clock.instant().isBefore(limit)) {
                return newest;
            }
        }
    }
}
