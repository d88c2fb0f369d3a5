package org.dreamboothactors.actors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.FeatureUpdate;
import org.apache.kafka.clients.admin.UpdateFeaturesOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.dreamboothactors.actors.device.DeviceName;
import org.dreamboothactors.actors.turns.TenantLimits;
import org.dreamboothactors.embedded.EmbeddedKafka;
import org.dreamboothactors.embedded.EmbeddedS3;
import org.dreamboothactors.protocol.KafkaConnection;
import org.dreamboothactors.protocol.Topics;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.protocol.v1.SubjectUpload;
import org.dreamboothactors.storage.ArtifactStore;
import org.dreamboothactors.storage.StoreSettings;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class DreamBoothServiceIT {
    @TempDir
    static Path directory;

    private static EmbeddedKafka kafka;
    private static EmbeddedS3 s3;

    @BeforeAll
    static void start() throws IOException {
        kafka = EmbeddedKafka.start(directory.resolve("kafka"), 0);
        s3 = EmbeddedS3.start(directory.resolve("s3"), 0, "access", "secret-secret");
        ArtifactStore.openOrCreate(store("service")).close();
        Path model = directory.resolve("toy");
        Files.createDirectories(model.resolve("unet"));
        Files.createDirectories(model.resolve("vae"));
        Files.writeString(model.resolve("unet/config.json"), "{\"sample_size\": 8}");
        Files.writeString(model.resolve("vae/config.json"), "{\"block_out_channels\": [1, 2, 3, 4]}");
    }

    @AfterAll
    static void stop() {
        s3.close();
        kafka.close();
    }

    private static StoreSettings store(String bucket) {
        return new StoreSettings(
                s3.endpoint(), "us-east-1", bucket, "access", "secret-secret", Duration.ofSeconds(10), 3);
    }

    private static ServiceSettings settings(String bootstrapServers, StoreSettings store) {
        return new ServiceSettings(
                KafkaConnection.plain(bootstrapServers),
                store,
                directory.resolve("work"),
                Map.of("toy", directory.resolve("toy")),
                Map.of(),
                "toy",
                List.of(DeviceName.parse("cpu:0")),
                1,
                4,
                Duration.ofMinutes(1),
                Duration.ofMinutes(1),
                Duration.ofSeconds(10),
                TenantLimits.none(),
                "127.0.0.1",
                List.of(),
                0,
                "secret-token");
    }

    @Test
    void answersAnUploadAndLeavesNoProcessBehind() throws Exception {
        Files.createDirectories(directory.resolve("work/scratch/left-behind"));
        List<ProcessHandle> children;
        try (DreamBoothService service =
                DreamBoothService.start(settings(kafka.bootstrapServers(), store("service")))) {
            children = ProcessHandle.current().children().toList();
            assertThat(children).isNotEmpty();
            assertThat(directory.resolve("work/scratch/left-behind")).doesNotExist();
            assertThat(service.dashboard().toString()).startsWith("http://127.0.0.1:");
            upload("hasty-1");
            assertThat(rejection("hasty-1"))
                    .hasValueSatisfying(
                            event -> assertThat(event.getRejected().getReason()).contains("max_steps is 0"));
        }
        for (ProcessHandle child : children) {
            child.onExit().get(10, TimeUnit.SECONDS);
        }

        try (DreamBoothService again = DreamBoothService.start(settings(kafka.bootstrapServers(), store("service")))) {
            assertThat(again.dashboard().getPort()).isPositive();
            upload("hasty-2");
            assertThat(rejection("hasty-2")).isPresent();
        }
    }

    @Test
    void refusesAStoreWithoutTheBucketAndEndsWhatItStarted() {
        assertThatThrownBy(() -> DreamBoothService.start(settings(kafka.bootstrapServers(), store("nowhere"))))
                .hasMessageContaining("nowhere")
                .hasMessageContaining("there is no such bucket");
        assertThat(ProcessHandle.current().children()).isEmpty();
    }

    @Test
    void refusesABrokerWithoutShareGroups() throws Exception {
        try (EmbeddedKafka old = EmbeddedKafka.start(directory.resolve("old-kafka"), 0)) {
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", old.bootstrapServers()))) {
                FeatureUpdate none = new FeatureUpdate((short) 0, FeatureUpdate.UpgradeType.UNSAFE_DOWNGRADE);
                admin.updateFeatures(Map.of("share.version", none), new UpdateFeaturesOptions())
                        .all()
                        .get(30, TimeUnit.SECONDS);
            }

            assertThatThrownBy(() -> DreamBoothService.start(settings(old.bootstrapServers(), store("service"))))
                    .hasMessageContaining("share.version is 0, expected 2")
                    .hasMessageContaining("Kafka 4.4");
        }
    }

    @Test
    void namesTheAddressOfABrokerThatIsNotThere() {
        assertThatThrownBy(() -> DreamBoothService.start(settings("127.0.0.1:1", store("service"))))
                .hasMessageContaining("127.0.0.1:1")
                .hasMessageContaining("Check the address");
    }

    /** Asks for a run without steps, which needs no photo to be refused. */
    private static void upload(String runId) throws Exception {
        SubjectUpload upload =
                SubjectUpload.newBuilder().setRunId(runId).setTenant("ann").build();
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(
                            Topics.SUBJECT_UPLOAD, runId.getBytes(StandardCharsets.UTF_8), upload.toByteArray()))
                    .get(30, TimeUnit.SECONDS);
        }
    }

    private static Optional<RunEvent> rejection(String runId) throws Exception {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(consumer.partitionsFor(Topics.RUN_EVENTS).stream()
                    .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                    .toList());
            consumer.seekToBeginning(consumer.assignment());
            Instant deadline = Instant.now().plusSeconds(60);
            while (Instant.now().isBefore(deadline)) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    RunEvent event = RunEvent.parseFrom(record.value());
                    if (event.getRunId().equals(runId) && event.hasRejected()) {
                        return Optional.of(event);
                    }
                }
            }
        }
        return Optional.empty();
    }
}
