package org.dreamboothactors.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Message;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.dreamboothactors.embedded.EmbeddedKafka;
import org.dreamboothactors.embedded.EmbeddedS3;
import org.dreamboothactors.protocol.Events;
import org.dreamboothactors.protocol.ProtoDeserializer;
import org.dreamboothactors.protocol.ProtoSerializer;
import org.dreamboothactors.protocol.Topics;
import org.dreamboothactors.protocol.Wire;
import org.dreamboothactors.protocol.v1.CheckpointReady;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.protocol.v1.RunReady;
import org.dreamboothactors.protocol.v1.RunRejected;
import org.dreamboothactors.protocol.v1.SubjectUpload;
import org.dreamboothactors.storage.ArtifactStore;
import org.dreamboothactors.storage.StoreSettings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The example against a real broker and store; the test takes the service's part. */
@Timeout(120)
class PersonaliseIT {
    @TempDir
    Path directory;

    private EmbeddedKafka kafka;
    private EmbeddedS3 s3;
    private ArtifactStore store;

    @BeforeEach
    void start() throws Exception {
        kafka = EmbeddedKafka.start(directory.resolve("kafka"), 0);
        s3 = EmbeddedS3.start(directory.resolve("s3"), 0, "access", "secret-secret");
        store = ArtifactStore.openOrCreate(new StoreSettings(
                s3.endpoint(), "us-east-1", "artifacts", "access", "secret-secret", Duration.ofSeconds(10), 3));
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            Topics.create(admin, 1, (short) 1);
        }
        Files.writeString(directory.resolve("connection"), """
                bootstrap-servers=%s
                s3-endpoint=%s
                s3-region=us-east-1
                s3-bucket=artifacts
                s3-access-key=access
                s3-secret-key=secret-secret
                s3-request-timeout-ms=10000
                s3-attempts=3
                """.formatted(kafka.bootstrapServers(), s3.endpoint()));
        Files.createDirectory(directory.resolve("photos"));
        Files.writeString(directory.resolve("photos/0.jpg"), "photo");
    }

    @AfterEach
    void stop() {
        store.close();
        s3.close();
        kafka.close();
    }

    @Test
    void downloadsTheCheckpointOfAFoldersPhotos() throws Exception {
        CompletableFuture<Void> example = personalise();

        SubjectUpload upload = answer(
                request -> ready(request.getRunId()),
                request -> Events.event(request.getRunId(), "ready")
                        .setReady(RunReady.newBuilder().setStep(7))
                        .build());
        example.get(60, TimeUnit.SECONDS);

        assertThat(upload.getPhotosCount()).isEqualTo(1);
        assertThat(upload.getSpec().getTraining().getMaxSteps()).isEqualTo(7);
        assertThat(directory.resolve("checkpoint/unet/config.json")).content().isEqualTo("{}");
    }

    @Test
    void endsWithTheReasonOfARejection() {
        CompletableFuture<Void> example = personalise();

        answer(
                request -> CheckpointReady.getDefaultInstance(),
                request -> Events.event(request.getRunId(), "rejected")
                        .setRejected(RunRejected.newBuilder().setReason("1 good photo, expected at least 3"))
                        .build());

        assertThatThrownBy(() -> example.get(60, TimeUnit.SECONDS)).hasMessageContaining("1 good photo");
        assertThat(directory.resolve("checkpoint")).doesNotExist();
    }

    private CompletableFuture<Void> personalise() {
        return CompletableFuture.runAsync(() -> {
            try {
                Personalise.personalise(
                        directory.resolve("connection"),
                        directory.resolve("photos"),
                        "a photo of a sks teapot",
                        7,
                        directory.resolve("checkpoint"));
            } catch (Exception e) {
                throw new CompletionException(e);
            }
        });
    }

    private CheckpointReady ready(String runId) {
        String prefix = "checkpoints/examples/" + runId + "/step-7-1/";
        return CheckpointReady.newBuilder()
                .setRunId(runId)
                .setStep(7)
                .setLast(true)
                .setBucket(store.bucket())
                .setPrefix(prefix)
                .addFiles(Wire.message(store.put(prefix + "unet/config.json", "{}".getBytes(UTF_8))))
                .build();
    }

    /** Waits for the upload and publishes a checkpoint and a fact. */
    private SubjectUpload answer(
            Function<SubjectUpload, CheckpointReady> checkpoint, Function<SubjectUpload, RunEvent> fact) {
        try (KafkaConsumer<String, SubjectUpload> uploads = new KafkaConsumer<>(
                        Map.of("bootstrap.servers", kafka.bootstrapServers()),
                        new StringDeserializer(),
                        new ProtoDeserializer<>(SubjectUpload.parser()));
                KafkaProducer<String, Message> facts = new KafkaProducer<>(
                        Map.of("bootstrap.servers", kafka.bootstrapServers()),
                        new StringSerializer(),
                        new ProtoSerializer<>())) {
            uploads.assign(List.of(new TopicPartition(Topics.SUBJECT_UPLOAD, 0)));
            uploads.seekToBeginning(uploads.assignment());
            while (true) { // ended by the test's timeout
                for (ConsumerRecord<String, SubjectUpload> record : uploads.poll(Duration.ofMillis(200))) {
                    SubjectUpload upload = record.value();
                    var _ = facts.send(
                            new ProducerRecord<>(Topics.CHECKPOINT_READY, record.key(), checkpoint.apply(upload)));
                    var _ = facts.send(new ProducerRecord<>(Topics.RUN_EVENTS, record.key(), fact.apply(upload)));
                    return upload;
                }
            }
        }
    }
}
