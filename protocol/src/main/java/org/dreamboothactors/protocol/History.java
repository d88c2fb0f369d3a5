package org.dreamboothactors.protocol;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.dreamboothactors.protocol.v1.RunEvent;

/** All runs' events up to now. */
final class History {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration LONGEST_SILENCE = Duration.ofSeconds(15);

    private History() {}

    /** Tells each event once, a run's events in order; throws when the brokers fall silent before the end. */
    static void replay(String bootstrapServers, Consumer<RunEvent> each) {
        Seen seen = new Seen();
        try (TopicReader<RunEvent> events = TopicReader.ofAll(bootstrapServers, Topics.RUN_EVENTS, RunEvent.parser())) {
            Map<TopicPartition, Long> ends = events.ends();
            long silentSince = System.nanoTime();
            while (!events.passed(ends)) {
                Optional<RunEvent> event =
                        events.next(POLL, one -> seen.first(one.getEventId().isEmpty() ? "" : id(one)));
                if (event.isPresent()) {
                    each.accept(event.orElseThrow());
                    silentSince = System.nanoTime();
                } else if (System.nanoTime() - silentSince > LONGEST_SILENCE.toNanos()) {
                    throw new BrokerException("Cannot read " + Topics.RUN_EVENTS + " at " + bootstrapServers
                            + ": nothing came for " + LONGEST_SILENCE.toSeconds()
                            + " s before its end. Check that Kafka is reachable");
                }
            }
        } catch (KafkaException e) {
            throw new BrokerException(
                    "Cannot read " + Topics.RUN_EVENTS + " at " + bootstrapServers + ": " + Answers.reason(e)
                            + ". Check that Kafka is reachable",
                    e);
        }
    }

    private static String id(RunEvent event) {
        return event.getRunId() + "/" + event.getEventId();
    }
}
