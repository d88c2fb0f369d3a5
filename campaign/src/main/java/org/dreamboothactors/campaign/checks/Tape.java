package org.dreamboothactors.campaign.checks;

import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.dreamboothactors.protocol.Topics;
import org.dreamboothactors.protocol.v1.CheckpointReady;
import org.dreamboothactors.protocol.v1.RunEvent;

/** Every committed record of every topic, as it lies there, repetitions included. One thread. */
public final class Tape implements AutoCloseable {
    private static final List<String> LETTERS = List.of(
            Topics.SUBJECT_UPLOAD, Topics.RUN_CONTROL, Topics.LATENT_CACHE, Topics.REG_GENERATION, Topics.TRAIN_STEP);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();

    /** Reads from the beginning. The topics must exist. */
    public Tape(String bootstrapServers) {
        consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "isolation.level",
                        "read_committed",
                        "auto.offset.reset",
                        "earliest",
                        "enable.auto.commit",
                        false),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> all = topics().flatMap(topic -> consumer.partitionsFor(topic).stream())
                .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                .toList();
        consumer.assign(all);
        consumer.seekToBeginning(all);
    }

    private static Stream<String> topics() {
        return Stream.concat(
                Stream.of(Topics.RUN_EVENTS, Topics.CHECKPOINT_READY),
                LETTERS.stream().flatMap(topic -> Stream.of(topic, Topics.deadLetters(topic))));
    }

    /** Reads on for a while; also while the broker is away, when nothing comes. */
    public void listen(Duration atMost) {
        consumer.poll(atMost).forEach(records::add);
    }

    /** Facts of a run, repetitions included. */
    public List<RunEvent> events(String run) {
        return of(run, Topics.RUN_EVENTS).stream()
                .flatMap(record -> parsed(() -> RunEvent.parseFrom(record.value())).stream())
                .toList();
    }

    /** Announcements of a run, repetitions included. */
    public List<CheckpointReady> announced(String run) {
        return of(run, Topics.CHECKPOINT_READY).stream()
                .flatMap(record -> parsed(() -> CheckpointReady.parseFrom(record.value())).stream())
                .toList();
    }

    /** Topics in which dead letters of a run lie. */
    public List<String> deadLetters(String run) {
        return LETTERS.stream()
                .map(Topics::deadLetters)
                .filter(topic -> !of(run, topic).isEmpty())
                .toList();
    }

    /** All that was ever said to the service or inside of it: announcements and dead letters are not. */
    public List<ConsumerRecord<byte[], byte[]>> said() {
        return records.stream()
                .filter(record -> record.topic().equals(Topics.RUN_EVENTS) || LETTERS.contains(record.topic()))
                .toList();
    }

    private List<ConsumerRecord<byte[], byte[]>> of(String run, String topic) {
        return records.stream()
                .filter(record -> record.topic().equals(topic)
                        && record.key() != null
                        && new String(record.key(), StandardCharsets.UTF_8).equals(run))
                .toList();
    }

    private interface Parse<T> {
        T parse() throws InvalidProtocolBufferException;
    }

    private static <T> Optional<T> parsed(Parse<T> message) {
        try {
            return Optional.of(message.parse());
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("A record of the service is no message: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
