package org.dreamboothactors.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.dreamboothactors.embedded.EmbeddedS3;
import org.dreamboothactors.embedded.SecuredKafka;
import org.dreamboothactors.protocol.v1.RunSpec;
import org.dreamboothactors.protocol.v1.SubjectUpload;
import org.dreamboothactors.protocol.v1.Training;
import org.dreamboothactors.storage.ArtifactStore;
import org.dreamboothactors.storage.StoreSettings;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class SecuredKafkaIT {
    private static final Duration BOUND = Duration.ofSeconds(15);

    @TempDir
    static Path directory = Path.of("");

    private static SecuredKafka kafka;
    private static EmbeddedS3 s3;

    @BeforeAll
    static void start() throws Exception {
        kafka = SecuredKafka.start(directory.resolve("broker"));
        s3 = EmbeddedS3.start(directory.resolve("s3"), 0, "access", ServiceSide.SECRET);
        ArtifactStore.openOrCreate(store()).close();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.open().bootstrapServers()))) {
            Topics.create(admin, ServiceSide.PARTITIONS, (short) 1);
        }
    }

    @AfterAll
    static void stop() {
        s3.close();
        kafka.close();
    }

    @Test
    void publishesAndReadsWithTheRightPassword() throws IOException {
        Path photo = Files.writeString(directory.resolve("a.png"), "a picture");
        RunSpec spec = RunSpec.newBuilder()
                .setInstancePrompt("a photo of sks cat")
                .setTraining(Training.newBuilder().setMaxSteps(1))
                .build();

        try (DreamBoothClient client = DreamBoothClient.connect(with(SecuredKafka.PASSWORD), store());
                RunFollower nothingYet = client.follow("run-1")) {
            client.submit("run-1", "ann", List.of(photo), spec);

            client.replay("run-1", event -> fail("nobody coordinates it: " + event));
            assertThat(nothingYet.next(Duration.ofMillis(100))).isEmpty();
        }
        KafkaConnection open = KafkaConnection.plain(kafka.open().bootstrapServers());
        try (TopicReader<SubjectUpload> uploads =
                TopicReader.ofAll(open, Topics.SUBJECT_UPLOAD, SubjectUpload.parser())) {
            assertThat(uploads.next(Duration.ofSeconds(20), _ -> true))
                    .hasValueSatisfying(upload -> assertThat(upload.getRunId()).isEqualTo("run-1"));
        }
    }

    @Test
    void saysThatAPasswordIsWrong() throws IOException {
        refuses(with("a-guess"), "Authentication failed: Invalid username or password");
    }

    @Test
    void asksWhetherTheBrokerWantsMoreWhenNothingIsGiven() {
        refuses(KafkaConnection.plain(kafka.secured()), "whether it wants TLS or SASL");
    }

    @Test
    void saysThatTheBrokerIsNotTrusted() throws IOException {
        Path file = Files.writeString(
                directory.resolve("untrusting.properties"), "security.protocol=SASL_SSL\n" + login("x"));

        refuses(KafkaConnection.read(kafka.secured(), file), "unable to find valid certification path");
    }

    @Test
    void saysWhatOfTheFileKafkaCannotUse() throws IOException {
        Path file = Files.writeString(directory.resolve("unknown.properties"), "security.protocol=SASSL\n");

        refuses(KafkaConnection.read(kafka.secured(), file), "SASSL");
    }

    private static void refuses(KafkaConnection connection, String why) {
        long start = System.nanoTime();
        assertThatThrownBy(() -> DreamBoothClient.connect(connection, store()).close())
                .isInstanceOf(BrokerException.class)
                .hasMessageContaining(kafka.secured())
                .hasMessageContaining(why)
                .satisfies(e -> assertThat(String.valueOf(e.getMessage())).doesNotContain("a-guess"));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(BOUND);
    }

    private static KafkaConnection with(String password) throws IOException {
        Path file = directory.resolve("client.properties");
        Files.writeString(
                file,
                "security.protocol=SASL_SSL\nssl.truststore.type=PEM\nssl.truststore.location=" + kafka.certificate()
                        + "\n" + login(password));
        return KafkaConnection.read(kafka.secured(), file);
    }

    private static String login(String password) {
        return "sasl.mechanism=PLAIN\nsasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required"
                + " username=\"" + SecuredKafka.USER + "\" password=\"" + password + "\";\n";
    }

    private static StoreSettings store() {
        return ServiceSide.settings(s3.endpoint(), "artifacts", ServiceSide.SECRET);
    }
}
