package org.dreamboothactors.actors.work;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.dreamboothactors.protocol.v1.RunEvent;

/**
 * Which runs want no more work: cancelled, failed or rejected. Follows the history, and with it what work waits.
 *
 * <p>It only saves work: a worker that hears of a cancellation late does no harm. Safe from any thread.
 */
public final class EndedRuns implements AutoCloseable {
    private final Set<String> ended = ConcurrentHashMap.newKeySet();
    private final WaitingWork waiting = new WaitingWork();
    private final History history;

    public EndedRuns(String bootstrapServers) {
        history = new History(bootstrapServers, this::hear);
    }

    /** Whether work for this run is wasted. */
    public boolean contains(String runId) {
        return ended.contains(runId);
    }

    /** What work waits for a device, kept up to date until this is closed. */
    public Waiting waiting() {
        return waiting;
    }

    /** Waits until the history that existed at the start is read. */
    public boolean awaitHistory(Duration atMost) throws InterruptedException {
        return history.awaitCaughtUp(atMost);
    }

    private void hear(RunEvent event) {
        waiting.hear(event);
        switch (event.getFactCase()) {
            case REJECTED, FAILED, CANCELLED -> ended.add(event.getRunId());
            default -> {} // goes on, or was brought to its good end: pictures may still be asked of it
        }
    }

    @Override
    public void close() {
        history.close();
    }
}
