package org.dreamboothactors.protocol;

import java.time.Duration;
import java.util.Optional;
import org.dreamboothactors.protocol.v1.CheckpointReady;

/**
 * Checkpoints of all runs as they become usable, each once; those of one run in the order of their steps.
 *
 * <p>Close it when done; closing from another thread ends a wait.
 */
public final class CheckpointSubscription implements AutoCloseable {
    private final TopicReader<CheckpointReady> checkpoints;
    private final Seen seen = new Seen();

    CheckpointSubscription(TopicReader<CheckpointReady> checkpoints) {
        this.checkpoints = checkpoints;
    }

    /**
     * The next checkpoint; empty when none comes in time. That is also so while Kafka is away: ask again.
     *
     * @throws IllegalStateException when the subscription is closed
     */
    public Optional<CheckpointReady> next(Duration atMost) {
        return checkpoints.next(atMost, ready -> seen.first(ready.getRunId() + "/" + ready.getStep()));
    }

    @Override
    public void close() {
        checkpoints.close();
    }
}
