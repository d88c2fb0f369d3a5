package org.dreamboothactors.actors.coordinator;

import static org.assertj.core.api.Assertions.fail;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.dreamboothactors.protocol.Topics;
import org.dreamboothactors.protocol.v1.RunEvent;

/** Clients and workers around a coordinator: writes to its topics, and waits for what appears on them. */
final class Bench implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration QUIET = Duration.ofSeconds(2);

    private final KafkaProducer<byte[], byte[]> producer;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<ConsumerRecord<byte[], byte[]>> seen = new ArrayList<>();

    Bench(String bootstrapServers) {
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers), new ByteArraySerializer(), new ByteArraySerializer());
        consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers, "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> all = consumer.listTopics().values().stream()
                .flatMap(List::stream)
                .filter(partition -> !partition.topic().startsWith("__"))
                .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                .toList();
        consumer.assign(all);
        consumer.seekToBeginning(all);
    }

    void send(String topic, String key, MessageLite message) {
        send(topic, key, message.toByteArray());
    }

    void send(String topic, String key, byte[] value) {
        try {
            producer.send(new ProducerRecord<>(topic, key.getBytes(StandardCharsets.UTF_8), value))
                    .get();
        } catch (ExecutionException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    void tell(RunEvent fact) {
        send(Topics.RUN_EVENTS, fact.getRunId(), fact);
    }

    /** Waits until so many records of a run are on a topic, and returns them. */
    <T> List<T> await(String topic, String runId, Parser<T> parser, int count) {
        return await(topic, runId, parser, count, _ -> true);
    }

    /** Waits until so many of a run's records that are wanted are on a topic, and returns them. */
    <T> List<T> await(String topic, String runId, Parser<T> parser, int count, Predicate<T> wanted) {
        Instant deadline = Instant.now().plus(PATIENCE);
        List<T> found = found(topic, runId, parser, wanted);
        while (found.size() < count && Instant.now().isBefore(deadline)) {
            read(Duration.ofMillis(100));
            found = found(topic, runId, parser, wanted);
        }
        if (found.size() < count) {
            fail("Of " + count + " records of " + runId + " on " + topic + " came " + found + "; there are "
                    + counts());
        }
        return found;
    }

    List<RunEvent> awaitFacts(String runId, RunEvent.FactCase fact, int count) {
        return await(Topics.RUN_EVENTS, runId, RunEvent.parser(), count, event -> event.getFactCase() == fact);
    }

    /** Waits a little for what must not come, and tells how many records of a run are on each topic. */
    Map<String, Integer> settled(String runId) {
        Instant deadline = Instant.now().plus(QUIET);
        while (Instant.now().isBefore(deadline)) {
            read(Duration.ofMillis(100));
        }
        Map<String, Integer> counts = new LinkedHashMap<>();
        seen.stream()
                .filter(record -> isOf(record, runId))
                .forEach(record -> counts.merge(record.topic(), 1, Integer::sum));
        return counts;
    }

    List<RunEvent> facts(String runId) {
        return found(Topics.RUN_EVENTS, runId, RunEvent.parser(), _ -> true);
    }

    /** Waits for a dead letter of that key. */
    ConsumerRecord<byte[], byte[]> awaitDeadLetter(String topic, String key) {
        Instant deadline = Instant.now().plus(PATIENCE);
        while (Instant.now().isBefore(deadline)) {
            for (ConsumerRecord<byte[], byte[]> record : seen) {
                if (record.topic().equals(Topics.deadLetters(topic)) && isOf(record, key)) {
                    return record;
                }
            }
            read(Duration.ofMillis(100));
        }
        return fail("No dead letter of " + key + " came; there are " + counts());
    }

    private void read(Duration atMost) {
        consumer.poll(atMost).forEach(seen::add);
    }

    private <T> List<T> found(String topic, String runId, Parser<T> parser, Predicate<T> wanted) {
        List<T> found = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : seen) {
            if (record.topic().equals(topic) && isOf(record, runId)) {
                try {
                    T message = parser.parseFrom(record.value());
                    if (wanted.test(message)) {
                        found.add(message);
                    }
                } catch (InvalidProtocolBufferException e) {
                    throw new AssertionError(e);
                }
            }
        }
        return found;
    }

    private Map<String, Integer> counts() {
        Map<String, Integer> counts = new LinkedHashMap<>();
        seen.forEach(record -> counts.merge(record.topic(), 1, Integer::sum));
        return counts;
    }

    private static boolean isOf(ConsumerRecord<byte[], byte[]> record, String runId) {
        return new String(record.key(), StandardCharsets.UTF_8).equals(runId);
    }

    @Override
    public void close() {
        producer.close();
        consumer.close();
    }
}
