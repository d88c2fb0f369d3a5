package org.dreamboothactors.actors.board;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.dreamboothactors.protocol.Topics;
import org.dreamboothactors.protocol.v1.StoredObject;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the dashboard tells a browser. */
@Timeout(120)
class DashboardIT {
    private static final List<String> PAYLOADS = List.of(
            "<img src=x onerror=alert(1)>",
            "</script><script>alert(1)</script>",
            "\"><svg onload=alert(1)>",
            "{{constructor.constructor('alert(1)')()}}",
            "javascript:alert(1)",
            "line\nbreak\r\ndata: forged\n\nevent: snapshot",
            "\u202Egnp.exe\u0000");

    @TempDir
    static Path directory;

    private static BoardStack stack;
    private static Visitor visitor;

    @BeforeAll
    static void start() {
        stack = new BoardStack(directory, 0);
        visitor = Visitor.withToken(stack.dashboard().address());
    }

    @AfterAll
    static void stop() {
        visitor.close();
        stack.close();
    }

    @Test
    void sendsASnapshotAndThenWhatChanges() throws Exception {
        stack.tell(Told.requested("stream"));
        visitor.awaitRun("stream", run -> true);
        try (Visitor.Events events = visitor.events()) {
            Visitor.Event snapshot =
                    events.await("snapshot", event -> event.name().equals("snapshot"));
            assertThat(runs(snapshot)).contains("stream");

            stack.tell(Told.failed("stream", "no luck"));
            stack.dashboard().sink().report("device-cpu-0/trainer", "working", "stream step 1");
            stack.dashboard().sink().report("device-cpu-0/trainer", "restarting", "");

            Visitor.Event delta =
                    events.await("the end of the run", event -> runs(event).contains("stream"));
            assertThat(delta.name()).isEqualTo("delta");
            assertThat(delta.id()).isGreaterThan(snapshot.id());
            assertThat(delta.data().path("runs").get(0).path("state").asText()).isEqualTo("FAILED");
            assertThat(delta.data().path("runs").get(0).path("reason").asText()).isEqualTo("no luck");
        }
        try (Visitor.Events again = visitor.events()) {
            JsonNode actor = again.await(
                            "snapshot with the actor", event -> event.data().has("actors"))
                    .data()
                    .path("actors")
                    .get(0);
            assertThat(actor.path("path").asText()).isEqualTo("device-cpu-0/trainer");
            assertThat(actor.path("restarts").asInt()).isEqualTo(1);
        }
    }

    @Test
    void letsTheSameBrowserInAfterARestartAndSendsASnapshot() throws Exception {
        stack.tell(Told.requested("before"));
        visitor.awaitRun("before", run -> true);

        stack.restartDashboard();

        visitor.awaitRun("before", run -> true);
        try (Visitor.Events events = visitor.events()) {
            assertThat(runs(events.await("snapshot", event -> event.name().equals("snapshot"))))
                    .contains("before");
        }
    }

    @Test
    void givesHostileTextsBackAsData() throws Exception {
        stack.tell(Told.requested("hostile", PAYLOADS.getFirst()));
        for (int i = 0; i < PAYLOADS.size(); i++) {
            stack.tell(Told.photo("hostile", i, PAYLOADS.get(i), StoredObject.getDefaultInstance()));
        }
        stack.tell(Told.failed("hostile", PAYLOADS.get(1)));
        visitor.awaitRun("hostile", run -> run.path("over").asBoolean());

        HttpResponse<byte[]> answer = visitor.open("/api/runs/hostile");
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
        JsonNode detail = visitor.json("/api/runs/hostile");
        assertThat(detail.path("run").path("prompt").asText()).isEqualTo(PAYLOADS.getFirst());
        assertThat(detail.path("run").path("reason").asText()).isEqualTo(PAYLOADS.get(1));
        assertThat(detail.path("gallery").path("photos"))
                .extracting(photo -> photo.path("name").asText())
                .containsExactlyElementsOf(PAYLOADS);
        try (Visitor.Events events = visitor.events()) {
            assertThat(runs(events.await("snapshot", event -> event.name().equals("snapshot"))))
                    .contains("hostile");
        }
    }

    @Test
    void showsHowMuchWorkWaitsAndThatItIsDone() throws Exception {
        try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", stack.bootstrapServers(), "transactional.id", "test"),
                new StringSerializer(),
                new ByteArraySerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            for (String run : List.of("a", "b", "c")) {
                var _ = producer.send(new ProducerRecord<>(Topics.LATENT_CACHE, run, new byte[0]));
            }
            producer.commitTransaction();
        }
        JsonNode waiting = visitor.awaitTopic(
                Topics.LATENT_CACHE, topic -> topic.path("backlog").asLong() >= 3);
        assertThat(waiting.path("members").asInt()).isZero();

        try (KafkaShareConsumer<String, byte[]> worker = new KafkaShareConsumer<>(
                Map.of("bootstrap.servers", stack.bootstrapServers(), "group.id", Topics.workers(Topics.LATENT_CACHE)),
                new StringDeserializer(),
                new ByteArrayDeserializer())) {
            worker.subscribe(List.of(Topics.LATENT_CACHE));
            int done = 0;
            Instant deadline = Instant.now().plusSeconds(60);
            while (done < 3 && Instant.now().isBefore(deadline)) {
                done += worker.poll(Duration.ofMillis(200)).count();
                worker.commitSync();
            }
            assertThat(done).isEqualTo(3);
            JsonNode idle = visitor.awaitTopic(Topics.LATENT_CACHE, topic -> {
                worker.poll(Duration.ofMillis(100)); // stays a member
                return topic.path("backlog").asLong() == 0;
            });
            assertThat(idle.path("members").asInt()).isEqualTo(1);
            assertThat(idle.path("dead").asLong()).isZero();
        }
    }

    @Test
    void showsHowFarBehindAConsumerGroupIs() throws Exception {
        stack.send(Topics.SUBJECT_UPLOAD, "a", new byte[0]);
        stack.send(Topics.SUBJECT_UPLOAD, "a", new byte[0]);
        stack.send(Topics.SUBJECT_UPLOAD, "a", new byte[0]);
        ConsumerRecord<String, byte[]> first = stack.firstRecord(Topics.SUBJECT_UPLOAD);
        TopicPartition partition = new TopicPartition(first.topic(), first.partition());
        commit("coordinators", partition, first.offset() + 1);
        commit("analytics", partition, first.offset()); // of someone else, and further behind

        JsonNode topic = visitor.awaitTopic(
                Topics.SUBJECT_UPLOAD, it -> it.path("group").asText().equals("coordinators"));
        assertThat(topic.path("backlog").asLong()).isEqualTo(2);
        assertThat(topic.path("end").asLong()).isEqualTo(3);
    }

    private void commit(String group, TopicPartition partition, long offset) {
        try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", stack.bootstrapServers(), "group.id", group),
                new StringDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.commitSync(Map.of(partition, new OffsetAndMetadata(offset)));
        }
    }

    @Test
    void saysThatAPortIsTaken() {
        assertThatThrownBy(
                        () -> stack.anotherDashboard(stack.dashboard().address().getPort()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Cannot serve the dashboard on 127.0.0.1 port")
                .hasMessageContaining("Choose another port");
    }

    private static List<String> runs(Visitor.Event event) {
        return event.data().path("runs").findValuesAsText("id");
    }
}
