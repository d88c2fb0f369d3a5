package org.dreamboothactors.actors.work;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.dreamboothactors.actors.metrics.Meters;
import org.dreamboothactors.embedded.EmbeddedKafka;
import org.dreamboothactors.embedded.EmbeddedS3;
import org.dreamboothactors.protocol.KafkaConnection;
import org.dreamboothactors.protocol.Topics;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.protocol.v1.RunEvent.FactCase;
import org.dreamboothactors.storage.ArtifactStore;
import org.dreamboothactors.storage.StoreSettings;

/** A broker, a store and what workers of a node share, for tests of workers. */
public final class NodeBench implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Path directory;
    private final EmbeddedKafka kafka;
    private final EmbeddedS3 s3;
    private final ArtifactStore store;
    private final Facts facts;
    private final EndedRuns ended;
    private final Meters meters;

    public NodeBench(Path directory) {
        this.directory = directory;
        kafka = EmbeddedKafka.start(directory.resolve("kafka"), 0);
        s3 = EmbeddedS3.start(directory.resolve("s3"), 0, "key", "secret");
        store = ArtifactStore.openOrCreate(
                new StoreSettings(s3.endpoint(), "us-east-1", "bucket", "key", "secret", Duration.ofSeconds(10), 3));
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers()))) {
            Topics.create(admin, 2, (short) 1);
        }
        facts = new Facts(kafka());
        ended = new EndedRuns(kafka(), _ -> {});
        meters = new Meters(ended::census);
    }

    public String servers() {
        return kafka.bootstrapServers();
    }

    public KafkaConnection kafka() {
        return KafkaConnection.plain(servers());
    }

    public ArtifactStore store() {
        return store;
    }

    /** Changes a byte of an object on the store's disk; what the store knows of it stays as it was. */
    public void rot(String key) throws IOException {
        Path file = directory.resolve("s3").resolve(store.bucket()).resolve(key);
        byte[] content = Files.readAllBytes(file);
        content[0] ^= 1;
        Files.write(file, content, StandardOpenOption.WRITE);
    }

    public Facts facts() {
        return facts;
    }

    public EndedRuns ended() {
        return ended;
    }

    /** What the node's workers measured, as Prometheus reads it. */
    public String figures() {
        return meters.text();
    }

    /** A node that knows one base model, by the name toy. */
    public Node node(Path model) {
        return node(model, Map.of());
    }

    /** The same with a judge of that model. */
    public Node node(Path model, Map<String, Path> judges) {
        BaseModels models = new BaseModels(Map.of("toy", model), judges);
        return new Node(store, facts, ended, models, meters, directory.resolve("work"));
    }

    /** What was told of a run so far, in order, with what was told twice. */
    public List<RunEvent> told(String runId) throws Exception {
        try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", servers()), new StringDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions =
                    List.of(new TopicPartition(Topics.RUN_EVENTS, 0), new TopicPartition(Topics.RUN_EVENTS, 1));
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            List<RunEvent> told = new ArrayList<>();
            Instant deadline = Instant.now().plus(PATIENCE);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                if (Instant.now().isAfter(deadline)) {
                    throw new IllegalStateException("run-events did not come to an end");
                }
                for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                    RunEvent event = RunEvent.parseFrom(record.value());
                    if (event.getRunId().equals(runId)) {
                        told.add(event);
                    }
                }
            }
            return told;
        }
    }

    /** The same, of one kind. */
    public List<RunEvent> told(String runId, FactCase fact) throws Exception {
        return told(runId).stream().filter(event -> event.getFactCase() == fact).toList();
    }

    /** Waits until that was told of the run so often. */
    public void awaitTold(String runId, FactCase fact, int times) throws Exception {
        Instant deadline = Instant.now().plus(PATIENCE);
        while (told(runId, fact).size() < times) {
            if (Instant.now().isAfter(deadline)) {
                throw new IllegalStateException(fact + " was not told " + times + " times: " + told(runId));
            }
        }
    }

    @Override
    public void close() {
        meters.close();
        ended.close();
        facts.close();
        store.close();
        s3.close();
        kafka.close();
    }
}
