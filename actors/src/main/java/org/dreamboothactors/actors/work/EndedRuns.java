package org.dreamboothactors.actors.work;

import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.dreamboothactors.protocol.Topics;
import org.dreamboothactors.protocol.v1.RunEvent;

/**
 * Which runs want no more work: cancelled, failed or rejected. Follows the history on a thread of its own.
 *
 * <p>It only saves work: a worker that hears of a cancellation late does no harm.
 */
public final class EndedRuns implements AutoCloseable {
    private final KafkaConsumer<String, byte[]> consumer;
    private final Set<String> ended = ConcurrentHashMap.newKeySet();
    private final CountDownLatch caughtUp = new CountDownLatch(1);
    private final Thread thread;

    public EndedRuns(String bootstrapServers) {
        consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers, "isolation.level", "read_committed"),
                new StringDeserializer(),
                new ByteArrayDeserializer());
        thread = Thread.ofPlatform().daemon().name("ended-runs").start(this::follow);
    }

    /** Whether work for this run is wasted. */
    public boolean contains(String runId) {
        return ended.contains(runId);
    }

    /** Waits until the history that existed at the start is read. */
    public boolean awaitHistory(Duration atMost) throws InterruptedException {
        return caughtUp.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void follow() {
        try (consumer) {
            consumer.assign(consumer.partitionsFor(Topics.RUN_EVENTS).stream()
                    .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                    .toList());
            consumer.seekToBeginning(consumer.assignment());
            Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
            while (true) {
                for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(500))) {
                    hear(record);
                }
                if (caughtUp.getCount() > 0
                        && ends.entrySet().stream()
                                .allMatch(end -> consumer.position(end.getKey()) >= end.getValue())) {
                    caughtUp.countDown();
                }
            }
        } catch (WakeupException closed) {
            return;
        }
    }

    private void hear(ConsumerRecord<String, byte[]> record) {
        try {
            RunEvent event = RunEvent.parseFrom(record.value());
            switch (event.getFactCase()) {
                case REJECTED, FAILED, CANCELLED -> ended.add(event.getRunId());
                default -> {}
            }
        } catch (InvalidProtocolBufferException e) {
            // The coordinator reports unreadable history; here it only means no news.
        }
    }

    @Override
    public void close() {
        consumer.wakeup();
        try {
            thread.join(Duration.ofSeconds(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
