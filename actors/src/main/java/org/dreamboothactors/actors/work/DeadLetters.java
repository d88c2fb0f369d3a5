package org.dreamboothactors.actors.work;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.dreamboothactors.protocol.KafkaConnection;
import org.dreamboothactors.protocol.Topics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fails work whose record nobody gets any more, and of which nobody said so: whoever had it the last time may have vanished
 * with it. Without that its run would wait for ever, and others behind it.
 *
 * <p>Reads the dead letters of the work queues, on a thread of its own; the nodes share them as one consumer group.
 */
public final class DeadLetters implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DeadLetters.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration PAUSE = Duration.ofSeconds(10);
    /** Who gave a record up said so before; by then that was heard. */
    private static final Duration HEARING = Duration.ofSeconds(5);

    private static final String REASON =
            "its record was given out " + Topics.DELIVERIES + " times, and nobody came to an end with it";

    private final KafkaConnection kafka;
    private final EndedRuns runs;
    private final List<Kind<?>> kinds;
    private final Reading reading;

    /**
     * Records of one work queue.
     *
     * @param run that one belongs to
     * @param request its id in that run
     * @param fail tells that it will not succeed, and why
     */
    public record Kind<T extends Message>(
            String topic,
            Parser<T> parser,
            Function<T, String> run,
            Function<T, String> request,
            BiFunction<T, String, Outcome> fail) {}

    /** @param runs knows what is still waited for */
    public DeadLetters(KafkaConnection kafka, EndedRuns runs, List<Kind<?>> kinds) {
        this.kafka = kafka;
        this.runs = runs;
        this.kinds = List.copyOf(kinds);
        reading = new Reading("dead-letters", "the dead letters", PAUSE, this::read);
    }

    private void read(Reading reading) throws InterruptedException {
        while (!runs.awaitHistory(POLL) && reading.isOpen()) {
            // before that it is not known what is waited for
        }
        try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(
                kafka.with(Map.of(
                        "group.id", Topics.UNDERTAKERS, "auto.offset.reset", "earliest", "enable.auto.commit", false)),
                new StringDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.subscribe(
                    kinds.stream().map(kind -> Topics.deadLetters(kind.topic())).toList());
            while (reading.isOpen()) {
                ConsumerRecords<String, byte[]> letters = consumer.poll(POLL);
                if (!letters.isEmpty() && !reading.awaitClosed(HEARING)) {
                    for (Kind<?> kind : kinds) {
                        letters.records(Topics.deadLetters(kind.topic())).forEach(letter -> fail(kind, letter));
                    }
                    consumer.commitSync();
                }
            }
        }
    }

    private <T extends Message> void fail(Kind<T> kind, ConsumerRecord<String, byte[]> letter) {
        if (letter.value() == null) { // Kafka could not copy it
            return;
        }
        try {
            T work = kind.parser().parseFrom(letter.value());
            String run = kind.run().apply(work);
            String request = kind.request().apply(work);
            if (runs.awaits(run, kind.topic(), request)) {
                LOG.warn("{} of run {} lies in {}: it fails", request, run, letter.topic());
                var _ = kind.fail().apply(work, REASON);
            }
        } catch (InvalidProtocolBufferException e) {
            LOG.debug("{} {} is no message of {}", letter.topic(), letter.offset(), kind.topic());
        }
    }

    @Override
    public void close() {
        reading.close();
    }
}
