package org.dreamboothactors.protocol;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A run's history as it grows: from its beginning, in order, every fact once.
 *
 * <p>A run that nobody submitted yet has no events and can be followed all the same. Close it when done; closing from
 * another thread ends a wait.
 */
public final class RunFollower implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RunFollower.class);

    private final String runId;
    private final TopicReader<RunEvent> events;
    private Optional<Map<TopicPartition, Long>> history = Optional.empty();
    private long left = Long.MAX_VALUE;
    private final Seen seen = new Seen();

    RunFollower(KafkaConnection kafka, String runId) {
        this.runId = runId;
        events = TopicReader.ofKey(kafka, Topics.RUN_EVENTS, RunEvent.parser(), runId);
    }

    /**
     * The next event; empty when none comes in time. That is also so while Kafka is away: ask again.
     *
     * @throws IllegalStateException when the follower is closed
     */
    public Optional<RunEvent> next(Duration atMost) {
        return events.next(atMost, event -> event.getRunId().equals(runId) && seen.first(event.getEventId()));
    }

    /**
     * How much of what was there when this was first asked is still to be read, other runs' events and the ends of
     * transactions as well. Until it is 0 that no event comes says nothing about the run. While Kafka is away it stays what
     * it was.
     *
     * @throws IllegalStateException when the follower is closed
     */
    public synchronized long left() {
        try {
            if (history.isEmpty()) {
                history = Optional.of(events.ends());
            }
            left = events.left(history.get());
        } catch (BrokerException e) {
            LOG.debug("How far the history of {} is read is not known now: {}", runId, e.getMessage());
        }
        return left;
    }

    /**
     * Whether Kafka answers now; waits ten seconds for it at most.
     *
     * @throws IllegalStateException when the follower is closed
     */
    public boolean isReachable() {
        try {
            events.ends();
            return true;
        } catch (BrokerException e) {
            LOG.debug("Kafka is away: {}", e.getMessage());
            return false;
        }
    }

    @Override
    public void close() {
        events.close();
    }
}
