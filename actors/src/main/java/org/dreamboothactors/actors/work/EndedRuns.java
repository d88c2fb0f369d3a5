package org.dreamboothactors.actors.work;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.dreamboothactors.actors.turns.Belongings;
import org.dreamboothactors.actors.turns.Census;
import org.dreamboothactors.actors.turns.Line;
import org.dreamboothactors.actors.turns.Precedence;
import org.dreamboothactors.actors.turns.Turns;
import org.dreamboothactors.actors.turns.Usages;
import org.dreamboothactors.actors.turns.Waiting;
import org.dreamboothactors.protocol.KafkaConnection;
import org.dreamboothactors.protocol.v1.RunEvent;

/**
 * What the history says of the runs to a node: which want no more work (cancelled, failed, rejected, erased), who waits for a
 * device and whose turn it is, and what tenants have.
 *
 * <p>It may lag behind. Work for a run whose cancellation is heard late is wasted and does no harm; turns and tenants'
 * limits are decided by what was heard, and no run makes way for another until the history that existed at the start is
 * read. Safe from any thread.
 */
public final class EndedRuns implements AutoCloseable {
    private final Set<String> ended = ConcurrentHashMap.newKeySet();
    private final Set<String> erased = ConcurrentHashMap.newKeySet();
    private final Consumer<String> whenErased;
    private final History history;
    private volatile Line line = new Line(InstantSource.system());

    /**
     * Begins to read the history.
     *
     * @param whenErased hears of each run of which nothing is to be kept, on any thread, perhaps several times
     */
    public EndedRuns(KafkaConnection kafka, Consumer<String> whenErased) {
        this.whenErased = whenErased;
        history = new History(kafka, new Following());
    }

    /** Whether work for this run is wasted. */
    public boolean contains(String runId) {
        return ended.contains(runId);
    }

    /** Whether nothing of this run is to be kept. */
    public boolean isErased(String runId) {
        return erased.contains(runId);
    }

    /** Once more, of a run that is to be erased: work for it was going on when that was heard. */
    void forget(String runId) {
        whenErased.accept(runId);
    }

    /** What runs have in the store, kept up to date until this is closed. */
    public Belongings belongings() {
        return (runId, round) -> line.alone(runId, round);
    }

    /** What waits for a device, kept up to date until this is closed. */
    public Waiting waiting() {
        return runId -> line.claim(runId);
    }

    /** Who gets a trainer next, kept up to date until this is closed. */
    public Turns turns() {
        return () -> line.next();
    }

    /** Whose latents and pictures go first, kept up to date until this is closed. */
    public Precedence precedence() {
        return (runId, topic) -> line.ahead(runId, topic);
    }

    /** What tenants have, kept up to date until this is closed. */
    public Usages usages() {
        return runId -> line.beside(runId);
    }

    /** How many runs there are, and how long work waits. */
    public Census census() {
        return line.census();
    }

    /** How long trainers had an open run, up to now. */
    public Duration trained(String runId) {
        return line.trained(runId);
    }

    /** How often an open run looked for its devices in vain. */
    public int lacks(String runId) {
        return line.lacks(runId);
    }

    /** Whether work of this run is still to be answered. */
    public boolean awaits(String runId, String topic, String requestId) {
        return line.awaits(runId, topic, requestId);
    }

    /** Waits until the history that existed at the start is read. */
    public boolean awaitHistory(Duration atMost) throws InterruptedException {
        return history.awaitCaughtUp(atMost);
    }

    /** Belongs to the thread of the history. */
    private final class Following implements History.Listener {
        private Line growing = new Line(InstantSource.system());

        @Override
        public void begin() {
            growing = new Line(InstantSource.system());
        }

        @Override
        public void hear(RunEvent event) {
            growing.hear(event);
            switch (event.getFactCase()) {
                case REJECTED, FAILED, CANCELLED -> ended.add(event.getRunId());
                case ERASE_REQUESTED -> {
                    ended.add(event.getRunId());
                    erased.add(event.getRunId());
                    whenErased.accept(event.getRunId());
                }
                default -> {} // goes on, or was brought to its good end: pictures may still be asked of it
            }
        }

        /** What is half read would make runs wait that ended long ago. */
        @Override
        public void caughtUp() {
            line = growing;
        }
    }

    @Override
    public void close() {
        history.close();
    }
}
