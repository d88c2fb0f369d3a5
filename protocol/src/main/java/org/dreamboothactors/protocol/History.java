package org.dreamboothactors.protocol;

import com.google.protobuf.Message;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.dreamboothactors.protocol.v1.CheckpointReady;
import org.dreamboothactors.protocol.v1.RunEvent;

/**
 * What topics hold up to now. Tells each message once, a run's in order; throws when the brokers fall silent before the
 * end.
 */
final class History {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration LONGEST_SILENCE = Duration.ofSeconds(15);

    private final KafkaConnection kafka;
    private final Seen seen = new Seen();

    History(KafkaConnection kafka) {
        this.kafka = kafka;
    }

    void events(Consumer<RunEvent> each) {
        replay(
                Topics.RUN_EVENTS,
                () -> TopicReader.ofAll(kafka, Topics.RUN_EVENTS, RunEvent.parser()),
                this::first,
                each);
    }

    /** Of one run; reads the one partition that has them. */
    void events(String runId, Consumer<RunEvent> each) {
        replay(
                Topics.RUN_EVENTS,
                () -> TopicReader.ofKey(kafka, Topics.RUN_EVENTS, RunEvent.parser(), runId),
                event -> event.getRunId().equals(runId) && first(event),
                each);
    }

    /** The same. */
    void checkpoints(String runId, Consumer<CheckpointReady> each) {
        replay(
                Topics.CHECKPOINT_READY,
                () -> TopicReader.ofKey(kafka, Topics.CHECKPOINT_READY, CheckpointReady.parser(), runId),
                ready -> ready.getRunId().equals(runId) && seen.first(Long.toString(ready.getStep())),
                each);
    }

    private boolean first(RunEvent event) {
        String id = event.getEventId();
        return seen.first(id.isEmpty() ? "" : event.getRunId() + "/" + id);
    }

    private <T extends Message> void replay(
            String topic, Supplier<TopicReader<T>> opened, Predicate<T> wanted, Consumer<T> each) {
        try (TopicReader<T> messages = opened.get()) {
            Map<TopicPartition, Long> ends = messages.ends();
            long left = messages.left(ends);
            long silentSince = System.nanoTime();
            while (!messages.passed(ends)) {
                Optional<T> message = messages.next(POLL, wanted);
                message.ifPresent(each);
                long now = System.nanoTime();
                long leftNow = messages.left(ends);
                if (message.isPresent() || leftNow < left) { // messages that are not wanted are news too
                    left = leftNow;
                    silentSince = now;
                } else if (now - silentSince > LONGEST_SILENCE.toNanos()) {
                    throw new BrokerException("Cannot read " + topic + " at " + kafka.bootstrapServers()
                            + ": nothing came for " + LONGEST_SILENCE.toSeconds()
                            + " s before its end. Check that Kafka is reachable");
                }
            }
        } catch (KafkaException e) {
            throw new BrokerException(
                    "Cannot read " + topic + " at " + kafka.bootstrapServers() + ": " + Answers.reason(e)
                            + ". Check that Kafka is reachable",
                    e);
        }
    }
}
