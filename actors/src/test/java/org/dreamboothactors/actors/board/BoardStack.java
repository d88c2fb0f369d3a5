package org.dreamboothactors.actors.board;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.dreamboothactors.embedded.EmbeddedKafka;
import org.dreamboothactors.embedded.EmbeddedS3;
import org.dreamboothactors.protocol.KafkaConnection;
import org.dreamboothactors.protocol.Topics;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.storage.ArtifactStore;
import org.dreamboothactors.storage.StoreSettings;

/** A broker, a store and a dashboard on them, without the rest of the service. */
final class BoardStack implements AutoCloseable {
    /** As if a run had waited so long for a trainer. */
    private static final Map<String, Duration> WAITING = Map.of(Topics.TRAIN_STEP, Duration.ofSeconds(95));

    static final String TOKEN = "a token for tests";

    private static final int PARTITIONS = 3;

    private final EmbeddedKafka kafka;
    private final EmbeddedS3 s3;
    private final ArtifactStore store;
    private final KafkaProducer<String, byte[]> producer;
    private final ActorSystem<Done> system;
    private Dashboard dashboard;

    BoardStack(Path directory, int port) {
        kafka = EmbeddedKafka.start(directory.resolve("kafka"), 0);
        s3 = EmbeddedS3.start(directory.resolve("s3"), 0, "access", "secret-secret");
        store = ArtifactStore.openOrCreate(new StoreSettings(
                s3.endpoint(), "us-east-1", "artifacts", "access", "secret-secret", Duration.ofSeconds(10), 2));
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            Topics.create(admin, PARTITIONS, (short) 1);
        }
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new StringSerializer(),
                new ByteArraySerializer());
        system = ActorSystem.create(Behaviors.empty(), "board");
        dashboard = Dashboard.start(system, settings(port));
    }

    String bootstrapServers() {
        return kafka.bootstrapServers();
    }

    ArtifactStore store() {
        return store;
    }

    Dashboard dashboard() {
        return dashboard;
    }

    /** Ends the dashboard and starts another at the same address. */
    void restartDashboard() {
        int port = dashboard.address().getPort();
        dashboard.close();
        dashboard = anotherDashboard(port);
    }

    Dashboard anotherDashboard(int port) {
        return Dashboard.start(system, settings(port));
    }

    void tell(RunEvent event) {
        send(Topics.RUN_EVENTS, event.getRunId(), event.toByteArray());
    }

    void send(String topic, String runId, byte[] message) {
        try {
            producer.send(new ProducerRecord<>(topic, runId, message)).get(20, TimeUnit.SECONDS);
        } catch (Exception e) { // a test has nobody to tell
            throw new IllegalStateException("Cannot send to " + topic, e);
        }
    }

    /** A record of the topic, the first of some partition. */
    ConsumerRecord<String, byte[]> firstRecord(String topic) {
        try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers()),
                new StringDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(consumer.partitionsFor(topic).stream()
                    .map(partition -> new TopicPartition(topic, partition.partition()))
                    .toList());
            consumer.seekToBeginning(consumer.assignment());
            Instant deadline = Instant.now().plusSeconds(30);
            while (Instant.now().isBefore(deadline)) {
                for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    return record;
                }
            }
            throw new AssertionError("No record on " + topic + " within 30 s");
        }
    }

    @Override
    public void close() {
        dashboard.close();
        producer.close(Duration.ofSeconds(5));
        system.terminate();
        store.close();
        s3.close();
        kafka.close();
    }

    private DashboardSettings settings(int port) {
        return new DashboardSettings(
                KafkaConnection.plain(kafka.bootstrapServers()),
                store,
                "127.0.0.1",
                List.of("studio.example"),
                port,
                TOKEN,
                () -> WAITING,
                _ -> {},
                () -> "figures 1\n");
    }
}
