package org.dreamboothactors.actors.work;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.dreamboothactors.protocol.Events;
import org.dreamboothactors.protocol.KafkaConnection;
import org.dreamboothactors.protocol.Topics;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows run-events from the beginning, on a thread of its own.
 *
 * <p>When the broker is away longer than its client bears, the history is read once more from the beginning.
 */
final class History implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(History.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration PAUSE = Duration.ofSeconds(2);

    private final KafkaConnection kafka;
    private final Listener listener;
    private final CountDownLatch caughtUp = new CountDownLatch(1);
    private final Reading reading;

    /** Hears on the history's thread. */
    interface Listener {
        /** The history is read from its beginning; all that was heard before comes again. */
        void begin();

        void hear(RunEvent event);

        /** All that was there when it began has been heard. */
        void caughtUp();
    }

    History(KafkaConnection kafka, Listener listener) {
        this.kafka = kafka;
        this.listener = listener;
        reading = new Reading("history", Topics.RUN_EVENTS, PAUSE, this::follow);
    }

    /** Waits until what existed at the start is read. */
    boolean awaitCaughtUp(Duration atMost) throws InterruptedException {
        return caughtUp.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void follow(Reading reading) {
        try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(
                kafka.with(Map.of(
                        "isolation.level",
                        "read_committed",
                        "auto.offset.reset",
                        "earliest",
                        "enable.auto.commit",
                        false)),
                new StringDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(consumer.partitionsFor(Topics.RUN_EVENTS).stream()
                    .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                    .toList());
            consumer.seekToBeginning(consumer.assignment());
            Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
            listener.begin();
            boolean behind = true;
            while (reading.isOpen()) {
                for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
                    hear(record);
                }
                if (behind
                        && ends.entrySet().stream()
                                .allMatch(end -> consumer.position(end.getKey()) >= end.getValue())) {
                    behind = false;
                    listener.caughtUp();
                    caughtUp.countDown();
                }
            }
        }
    }

    private void hear(ConsumerRecord<String, byte[]> record) {
        Events.read(record.value())
                .ifPresent(
                        event -> { // the coordinator reports what is none
                            try {
                                listener.hear(event);
                            } catch (RuntimeException e) { // it would come again and again
                                LOG.error(
                                        "Cannot make sense of {} {} of {}",
                                        record.topic(),
                                        record.offset(),
                                        event.getRunId(),
                                        e);
                            }
                        });
    }

    @Override
    public void close() {
        reading.close();
    }
}
