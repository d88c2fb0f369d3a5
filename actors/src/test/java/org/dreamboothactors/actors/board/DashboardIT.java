package org.dreamboothactors.actors.board;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
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
import org.dreamboothactors.protocol.Wire;
import org.dreamboothactors.protocol.v1.PhotoJudged;
import org.dreamboothactors.protocol.v1.PhotoVerdict;
import org.dreamboothactors.protocol.v1.RunControl;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.protocol.v1.RunFailed;
import org.dreamboothactors.protocol.v1.RunRequested;
import org.dreamboothactors.protocol.v1.RunSpec;
import org.dreamboothactors.protocol.v1.StoredObject;
import org.dreamboothactors.protocol.v1.SubjectUpload;
import org.dreamboothactors.storage.Stored;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

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
    void refusesVisitorsWithoutTheToken() {
        try (Visitor stranger = Visitor.stranger(stack.dashboard().address())) {
            for (String path : List.of(
                    "/", "/app.js", "/api/events", "/api/runs/x", "/api/objects/x", "/?token=wrong", "/nothing")) {
                assertThat(stranger.open(path).statusCode()).as(path).isEqualTo(401);
            }
            assertThat(stranger.post("/api/runs/x/cancel").statusCode()).isEqualTo(401);
            assertThat(stranger.open("/app.js?token=" + BoardStack.TOKEN.replace(' ', '+'))
                            .statusCode())
                    .isEqualTo(401);
        }
    }

    @Test
    void letsInWithTheTokenAndKeepsItOutOfThePage() {
        try (Visitor stranger = Visitor.stranger(stack.dashboard().address())) {
            HttpResponse<byte[]> welcome =
                    stranger.open("/?" + stack.dashboard().address().getRawQuery());

            assertThat(welcome.statusCode()).isEqualTo(303);
            assertThat(welcome.headers().firstValue("Location")).contains("/");
            assertThat(welcome.headers().firstValue("Set-Cookie").orElseThrow())
                    .contains("HttpOnly", "SameSite=Strict")
                    .doesNotContain(BoardStack.TOKEN);
        }
        HttpResponse<byte[]> page = visitor.open("/");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Type")).contains("text/html; charset=UTF-8");
        assertThat(page.headers().firstValue("Content-Security-Policy"))
                .contains("default-src 'self'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'");
        assertThat(page.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        assertThat(visitor.open("/app.js").headers().firstValue("Content-Type"))
                .contains("text/javascript; charset=UTF-8");
    }

    @Test
    void refusesOtherNamesForThisServer() throws Exception {
        int port = stack.dashboard().address().getPort();

        assertThat(visitor.statusWithHost("evil.example")).contains("403");
        assertThat(visitor.statusWithHost("127.0.0.1.evil.example:" + port)).contains("403");
        assertThat(visitor.statusWithHost("10.0.0.1:" + port)).contains("403");
        assertThat(visitor.statusWithHost("localhost:" + port)).contains("200");
        assertThat(visitor.statusWithHost("[::1]:" + port)).contains("200");
    }

    @Test
    void servesOnlyPicturesThatARunNames() throws Exception {
        byte[] png = Story.png(Story.subject(new Random(1)));
        Stored named = stack.store().put("pictures/named photo.png", png);
        stack.store().put("pictures/unnamed.png", png);
        Stored text = stack.store().put("pictures/text.png", "<script>alert(1)</script>".getBytes(UTF_8));
        Stored replaced = stack.store().put("pictures/replaced.png", png);
        stack.store().put("pictures/replaced.png", Story.png(Story.subject(new Random(2))));
        stack.tell(requested("pictures"));
        stack.tell(photo("pictures", 0, "a", Wire.message(named)));
        stack.tell(photo("pictures", 1, "b", Wire.message(text)));
        stack.tell(photo("pictures", 2, "c", Wire.message(replaced)));
        awaitRun("pictures", run -> run.path("seq").asLong() == 4);

        HttpResponse<byte[]> picture = visitor.open("/api/objects/pictures/named%20photo.png");
        assertThat(picture.statusCode()).isEqualTo(200);
        assertThat(picture.body()).isEqualTo(png);
        assertThat(picture.headers().firstValue("Content-Type")).contains("image/png");
        assertThat(picture.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        String version = picture.headers().firstValue("ETag").orElseThrow();
        assertThat(visitor.open("/api/objects/pictures/named%20photo.png", "If-None-Match", version)
                        .statusCode())
                .isEqualTo(304);

        assertThat(visitor.open("/api/objects/pictures/unnamed.png").statusCode())
                .isEqualTo(404);
        assertThat(visitor.open("/api/objects/pictures/../pictures/unnamed.png").statusCode())
                .isEqualTo(404);
        assertThat(visitor.open("/api/objects/").statusCode()).isEqualTo(404);
        assertThat(visitor.open("/api/objects/pictures/text.png").statusCode()).isEqualTo(502);
        assertThat(visitor.open("/api/objects/pictures/replaced.png").statusCode())
                .isEqualTo(502);
    }

    @Test
    void sendsASnapshotAndThenWhatChanges() throws Exception {
        stack.tell(requested("stream"));
        awaitRun("stream", run -> true);
        try (Visitor.Events events = visitor.events()) {
            Visitor.Event snapshot =
                    events.await("snapshot", event -> event.name().equals("snapshot"));
            assertThat(runs(snapshot)).contains("stream");

            stack.tell(failed("stream", "no luck"));
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
        stack.tell(requested("before"));
        awaitRun("before", run -> true);

        stack.restartDashboard();

        awaitRun("before", run -> true);
        try (Visitor.Events events = visitor.events()) {
            assertThat(runs(events.await("snapshot", event -> event.name().equals("snapshot"))))
                    .contains("before");
        }
    }

    @Test
    void givesHostileTextsBackAsData() throws Exception {
        stack.tell(requested("hostile", PAYLOADS.getFirst()));
        for (int i = 0; i < PAYLOADS.size(); i++) {
            stack.tell(photo("hostile", i, PAYLOADS.get(i), StoredObject.getDefaultInstance()));
        }
        stack.tell(failed("hostile", PAYLOADS.get(1)));
        awaitRun("hostile", run -> run.path("over").asBoolean());

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
    void answersWithNotFoundAndMethodNotAllowed() {
        assertThat(visitor.open("/api/runs/unknown").statusCode()).isEqualTo(404);
        assertThat(visitor.open("/package-info.java").statusCode()).isEqualTo(404);
        assertThat(visitor.open("/..%2fdashboard/app.js").statusCode()).isEqualTo(404);
        assertThat(visitor.post("/api/events").statusCode()).isEqualTo(405);
    }

    @Test
    void cancelsARunOnlyForItsOwnPage() throws Exception {
        stack.tell(requested("unwanted"));
        stack.tell(requested("over"));
        stack.tell(failed("over", "it was over before"));
        awaitRun("unwanted", run -> true);
        awaitRun("over", run -> run.path("over").asBoolean());
        String ours = "http://127.0.0.1:" + stack.dashboard().address().getPort();

        assertThat(visitor.post("/api/runs/unwanted/cancel").statusCode()).isEqualTo(403);
        assertThat(visitor.post("/api/runs/unwanted/cancel", "Origin", "http://evil.example")
                        .statusCode())
                .isEqualTo(403);
        assertThat(visitor.post("/api/runs/unwanted/cancel", "Origin", "null").statusCode())
                .isEqualTo(403);
        assertThat(visitor.post("/api/runs/over/cancel", "Origin", ours).statusCode())
                .isEqualTo(409);
        assertThat(visitor.post("/api/runs/unwanted/cancel", "Origin", ours).statusCode())
                .isEqualTo(202);

        RunControl command =
                RunControl.parseFrom(firstRecord(Topics.RUN_CONTROL).value());
        assertThat(command.getRunId()).isEqualTo("unwanted");
        assertThat(command.hasCancel()).isTrue();
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
        JsonNode waiting =
                awaitTopic(Topics.LATENT_CACHE, topic -> topic.path("backlog").asLong() >= 3);
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
            JsonNode idle = awaitTopic(Topics.LATENT_CACHE, topic -> {
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
        ConsumerRecord<String, byte[]> first = firstRecord(Topics.SUBJECT_UPLOAD);
        TopicPartition partition = new TopicPartition(first.topic(), first.partition());
        try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", stack.bootstrapServers(), "group.id", "coordinators"),
                new StringDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.commitSync(Map.of(partition, new OffsetAndMetadata(first.offset() + 1)));
        }

        JsonNode topic = awaitTopic(
                Topics.SUBJECT_UPLOAD, it -> it.path("group").asText().equals("coordinators"));
        assertThat(topic.path("backlog").asLong()).isEqualTo(2);
        assertThat(topic.path("end").asLong()).isEqualTo(3);
    }

    @Test
    void answersAnAddressThatCannotBeRead() throws Exception {
        int port = stack.dashboard().address().getPort();

        assertThat(visitor.statusOf("/?token=%zz", "localhost:" + port)).contains("400");
        assertThat(visitor.statusOf("/api/objects/%zz", "localhost:" + port)).contains("400");
    }

    @Test
    void saysThatAPortIsTaken() {
        assertThatThrownBy(() -> new BoardStack(
                        directory.resolve("second"), stack.dashboard().address().getPort()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Cannot serve the dashboard on 127.0.0.1 port")
                .hasMessageContaining("Choose another port");
    }

    private static void awaitRun(String id, Predicate<JsonNode> wanted) throws InterruptedException {
        try (Visitor.Events events = visitor.events()) {
            events.await("run " + id, event -> {
                for (JsonNode run : event.data().path("runs")) {
                    if (run.path("id").asText().equals(id) && wanted.test(run)) {
                        return true;
                    }
                }
                return false;
            });
        }
    }

    private static JsonNode awaitTopic(String name, Predicate<JsonNode> wanted) throws InterruptedException {
        JsonNode[] found = new JsonNode[1];
        try (Visitor.Events events = visitor.events()) {
            events.await("topic " + name, event -> {
                for (JsonNode topic : event.data().path("topics")) {
                    if (topic.path("name").asText().equals(name) && wanted.test(topic)) {
                        found[0] = topic;
                        return true;
                    }
                }
                return false;
            });
        }
        return found[0];
    }

    private static List<String> runs(Visitor.Event event) {
        return event.data().path("runs").findValuesAsText("id");
    }

    private static ConsumerRecord<String, byte[]> firstRecord(String topic) {
        try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", stack.bootstrapServers()),
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

    private static RunEvent requested(String id) {
        return requested(id, "a photo of a sks cat");
    }

    private static RunEvent requested(String id, String prompt) {
        return RunEvent.newBuilder()
                .setRunId(id)
                .setEventId("requested")
                .setAtMs(1)
                .setRequested(RunRequested.newBuilder()
                        .setUpload(SubjectUpload.newBuilder()
                                .setRunId(id)
                                .setTenant("studio")
                                .setSpec(RunSpec.newBuilder().setInstancePrompt(prompt))))
                .build();
    }

    private static RunEvent photo(String id, int index, String name, StoredObject image) {
        PhotoJudged.Builder photo = PhotoJudged.newBuilder().setIndex(index).setName(name);
        if (image.getKey().isEmpty()) {
            photo.setVerdict(PhotoVerdict.UNDECODABLE).setReason(name);
        } else {
            photo.setVerdict(PhotoVerdict.ACCEPTED).setImage(image);
        }
        return RunEvent.newBuilder()
                .setRunId(id)
                .setEventId("photo-" + index)
                .setAtMs(2)
                .setPhotoJudged(photo)
                .build();
    }

    private static RunEvent failed(String id, String reason) {
        return RunEvent.newBuilder()
                .setRunId(id)
                .setEventId("failed")
                .setAtMs(3)
                .setFailed(RunFailed.newBuilder().setReason(reason))
                .build();
    }
}
