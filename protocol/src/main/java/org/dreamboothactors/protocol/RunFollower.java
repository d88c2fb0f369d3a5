package org.dreamboothactors.protocol;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.dreamboothactors.protocol.v1.RunEvent;

/**
 * A run's history as it grows: from its beginning, in order, every fact once.
 *
 * <p>A run that nobody submitted yet has no events and can be followed all the same. Close it when done; closing from
 * another thread ends a wait.
 */
public final class RunFollower implements AutoCloseable {
    private final String runId;
    private final TopicReader<RunEvent> events;
    private final Map<TopicPartition, Long> history;
    private final Seen seen = new Seen();

    RunFollower(KafkaConnection kafka, String runId) {
        this.runId = runId;
        events = TopicReader.ofKey(kafka, Topics.RUN_EVENTS, RunEvent.parser(), runId);
        history = events.ends();
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
     * Whether everything was read that was there when this was opened, other runs' events as well. Until then that no event
     * comes says nothing about the run.
     */
    public boolean caughtUp() {
        return events.passed(history);
    }

    @Override
    public void close() {
        events.close();
    }
}
