package org.dreamboothactors.actors.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.utils.Utils;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.dreamboothactors.actors.board.StatusSink;
import org.dreamboothactors.actors.intake.Intake;
import org.dreamboothactors.actors.turns.TenantLimits;
import org.dreamboothactors.actors.work.BaseModels;
import org.dreamboothactors.actors.work.EndedRuns;
import org.dreamboothactors.embedded.EmbeddedKafka;
import org.dreamboothactors.embedded.EmbeddedS3;
import org.dreamboothactors.protocol.KafkaConnection;
import org.dreamboothactors.protocol.Topics;
import org.dreamboothactors.protocol.v1.Cancel;
import org.dreamboothactors.protocol.v1.CheckpointReady;
import org.dreamboothactors.protocol.v1.Draw;
import org.dreamboothactors.protocol.v1.Erase;
import org.dreamboothactors.protocol.v1.GenerationRequest;
import org.dreamboothactors.protocol.v1.LatentRequest;
import org.dreamboothactors.protocol.v1.PhotoVerdict;
import org.dreamboothactors.protocol.v1.RunControl;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.protocol.v1.SubjectUpload;
import org.dreamboothactors.protocol.v1.TrainRequest;
import org.dreamboothactors.protocol.v1.UploadedPhoto;
import org.dreamboothactors.storage.ArtifactStore;
import org.dreamboothactors.storage.StoreSettings;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class CoordinatorIT {
    private static final int PARTITIONS = 4;

    @TempDir
    static Path directory;

    private static EmbeddedKafka kafka;
    private static Bench bench;
    private static ActorTestKit system;
    private static EndedRuns history;
    private static EmbeddedS3 s3;
    private static ArtifactStore store;

    @BeforeAll
    static void start() throws IOException {
        kafka = EmbeddedKafka.start(directory.resolve("kafka"), 0);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            Topics.create(admin, PARTITIONS, (short) 1);
        }
        Path model = directory.resolve("toy");
        Files.createDirectories(model.resolve("unet"));
        Files.createDirectories(model.resolve("vae"));
        Files.writeString(model.resolve("unet/config.json"), "{\"sample_size\": 8}");
        Files.writeString(model.resolve("vae/config.json"), "{\"block_out_channels\": [1, 2, 3, 4]}");
        s3 = EmbeddedS3.start(directory.resolve("s3"), 0, "access", "secret-secret");
        store = ArtifactStore.openOrCreate(new StoreSettings(
                s3.endpoint(), "us-east-1", "bucket", "access", "secret-secret", Duration.ofSeconds(10), 3));
        bench = new Bench(kafka.bootstrapServers());
        history = new EndedRuns(KafkaConnection.plain(kafka.bootstrapServers()), _ -> {});
        system = ActorTestKit.create();
    }

    @AfterAll
    static void stop() {
        system.shutdownTestKit();
        bench.close();
        history.close();
        kafka.close();
        store.close();
        s3.close();
    }

    /** What the board shows of one coordinator. */
    private static final class Board implements StatusSink {
        private final Map<String, String> states = new ConcurrentHashMap<>();

        @Override
        public void report(String actor, String state, String work) {
            states.put(actor, state);
        }

        long partitions() {
            return states.entrySet().stream()
                    .filter(entry -> entry.getKey().startsWith("coordinator/partition-"))
                    .filter(entry ->
                            entry.getValue().equals("idle") || entry.getValue().equals("working"))
                    .count();
        }
    }

    private record Coordinator(ActorRef<CoordinatorActor.Command> actor, Board board) {}

    private final List<Coordinator> coordinators = new ArrayList<>();

    private Coordinator coordinator() {
        Board board = new Board();
        CoordinatorSettings settings = new CoordinatorSettings(
                KafkaConnection.plain(kafka.bootstrapServers()),
                store,
                new BaseModels(Map.of(Runs.TOY, directory.resolve("toy"))),
                Runs.TOY,
                Runs.GROUP_SIZE,
                history.turns(),
                history.usages(),
                history.belongings(),
                TenantLimits.none());
        Coordinator coordinator =
                new Coordinator(system.spawn(CoordinatorActor.create(settings, system.spawn(kind()), board)), board);
        coordinators.add(coordinator);
        return coordinator;
    }

    private void stop(Coordinator coordinator) {
        coordinator.actor().tell(new CoordinatorActor.Stop());
        await(
                "the coordinator stops",
                () -> "stopped".equals(coordinator.board().states.get("coordinator")));
        coordinators.remove(coordinator);
    }

    @AfterEach
    void stopCoordinators() {
        List.copyOf(coordinators).forEach(this::stop);
    }

    /** An intake that likes every photo. */
    private static Behavior<Intake.Command> kind() {
        return Behaviors.receiveMessage(command -> {
            if (command instanceof Intake.Judge(SubjectUpload upload, ActorRef<Intake.Judged> replyTo)) {
                replyTo.tell(new Intake.Judged(
                        upload.getRunId(),
                        IntStream.range(0, upload.getPhotosCount())
                                .mapToObj(i -> Runs.verdict(i, PhotoVerdict.ACCEPTED))
                                .toList()));
            }
            return Behaviors.same();
        });
    }

    /** One photo is another run's, too. */
    @Test
    void erasesWhatARunHasAloneAndWhatIsStoredForItLater() {
        coordinator();
        bench.send(Topics.SUBJECT_UPLOAD, "gone-1", uploadOf("gone-1", "p1", "p2", "p3"));
        bench.send(Topics.SUBJECT_UPLOAD, "kept-1", uploadOf("kept-1", "p3", "p4", "p5"));
        List.of("uploads/ann/p1", "uploads/ann/p2", "uploads/ann/p3", "uploads/ann/p4", "runs/gone-1/log/00000000")
                .forEach(CoordinatorIT::put);
        put("runs/kept-1/log/00000000");
        bench.awaitFacts("gone-1", RunEvent.FactCase.ACCEPTED, 1);
        LatentRequest kept = bench.await(Topics.LATENT_CACHE, "kept-1", LatentRequest.parser(), 1)
                .getFirst();
        bench.tell(Runs.cached(kept)); // it has all that it will have of its photos

        RunControl erase = RunControl.newBuilder()
                .setRunId("gone-1")
                .setErase(Erase.newBuilder().setReason("no longer wanted"))
                .build();
        bench.send(Topics.RUN_CONTROL, "gone-1", erase);
        bench.awaitFacts("gone-1", RunEvent.FactCase.ERASED, 1);
        List<String> left = store.list("");

        put("checkpoints/gone-1/step-10-w10/unet.safetensors"); // by a trainer that heard late of it
        bench.tell(Runs.verified("gone-1", 1, 10, 10));
        bench.awaitFacts("gone-1", RunEvent.FactCase.ERASED, 2);
        bench.send(Topics.RUN_CONTROL, "gone-1", erase);
        bench.awaitFacts("gone-1", RunEvent.FactCase.ERASED, 3);
        RunControl cancel = RunControl.newBuilder()
                .setRunId("kept-1")
                .setCancel(Cancel.getDefaultInstance())
                .build();
        bench.send(Topics.RUN_CONTROL, "kept-1", cancel); // or it would keep other tests' runs waiting
        bench.awaitFacts("kept-1", RunEvent.FactCase.CANCELLED, 1);

        assertThat(left).contains("runs/kept-1/log/00000000", "uploads/ann/p3", "uploads/ann/p4");
        assertThat(left).doesNotContain("runs/gone-1/log/00000000", "uploads/ann/p1", "uploads/ann/p2");
        assertThat(store.list("checkpoints/gone-1/")).isEmpty();
        assertThat(bench.settled("gone-1")).doesNotContainKey(Topics.CHECKPOINT_READY);
        assertThat(bench.facts("gone-1").stream().map(RunEvent::getFactCase))
                .containsOnlyOnce(RunEvent.FactCase.CANCELLED);
    }

    private static SubjectUpload uploadOf(String runId, String... photos) {
        return Runs.upload(runId, Runs.spec(), 0).toBuilder()
                .addAllPhotos(Arrays.stream(photos)
                        .map(photo -> UploadedPhoto.newBuilder()
                                .setName(photo)
                                .setObject(Runs.object("uploads/ann/" + photo))
                                .build())
                        .toList())
                .build();
    }

    private static void put(String key) {
        store.put(key, key.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void bringsAnUploadToACheckpointOnceThroughARestartHalfWay() {
        Coordinator first = coordinator();
        SubjectUpload upload = Runs.upload("whole-1", Runs.withPrior(6), 3);
        bench.send(Topics.SUBJECT_UPLOAD, "whole-1", upload);
        bench.send(Topics.SUBJECT_UPLOAD, "whole-1", upload);

        LatentRequest photos = bench.await(Topics.LATENT_CACHE, "whole-1", LatentRequest.parser(), 1)
                .getFirst();
        List<GenerationRequest> groups = bench.await(Topics.REG_GENERATION, "whole-1", GenerationRequest.parser(), 2);
        bench.tell(Runs.drawn(groups.getFirst()));
        stop(first);
        bench.tell(Runs.cached(photos));
        bench.tell(Runs.drawn(groups.getLast()));
        bench.tell(Runs.drawn(groups.getFirst()));
        coordinator();
        List<LatentRequest> latents = bench.await(Topics.LATENT_CACHE, "whole-1", LatentRequest.parser(), 3);
        latents.forEach(request -> bench.tell(Runs.cached(request)));
        TrainRequest training = bench.await(Topics.TRAIN_STEP, "whole-1", TrainRequest.parser(), 1)
                .getFirst();
        bench.tell(Runs.yielded("whole-1", 1, 5));
        bench.await(Topics.TRAIN_STEP, "whole-1", TrainRequest.parser(), 2);
        bench.tell(Runs.verified("whole-1", 2, 10, 10));
        bench.tell(Runs.verified("whole-1", 2, 10, 10));
        CheckpointReady ready = bench.await(Topics.CHECKPOINT_READY, "whole-1", CheckpointReady.parser(), 1)
                .getFirst();
        bench.awaitFacts("whole-1", RunEvent.FactCase.READY, 1);

        assertThat(training.getClassLatentsCount()).isEqualTo(6);
        assertThat(ready.getLast()).isTrue();
        assertThat(ready.getBucket()).isEqualTo("bucket");
        assertThat(ready.getFilesList()).containsExactly(Runs.object("unet10"));
        assertThat(bench.settled("whole-1"))
                .containsEntry(Topics.LATENT_CACHE, 3)
                .containsEntry(Topics.REG_GENERATION, 2)
                .containsEntry(Topics.TRAIN_STEP, 2)
                .containsEntry(Topics.CHECKPOINT_READY, 1);
        assertThat(bench.facts("whole-1").stream().map(RunEvent::getFactCase).filter(fact -> switch (fact) {
                    case REQUESTED, ACCEPTED, CHECKPOINT_PUBLISHED, READY -> true;
                    default -> false;
                }))
                .containsExactly(
                        RunEvent.FactCase.REQUESTED,
                        RunEvent.FactCase.ACCEPTED,
                        RunEvent.FactCase.CHECKPOINT_PUBLISHED,
                        RunEvent.FactCase.READY);
    }

    @Test
    void sharesPartitionsAndTakesOverThoseOfAnother() {
        Coordinator one = coordinator();
        await("one coordinator has all partitions", () -> one.board().partitions() == PARTITIONS);
        Coordinator other = coordinator();
        await(
                "both have some",
                () -> one.board().partitions() == 2 && other.board().partitions() == 2);
        List<String> runs = IntStream.range(0, 8).mapToObj(i -> "shared-" + i).toList();
        runs.forEach(run -> bench.send(Topics.SUBJECT_UPLOAD, run, Runs.upload(run, Runs.spec(), 3)));
        runs.forEach(run -> bench.await(Topics.LATENT_CACHE, run, LatentRequest.parser(), 1));

        stop(one);
        await("the other has all", () -> other.board().partitions() == PARTITIONS);
        runs.forEach(run -> bench.send(Topics.RUN_CONTROL, run, cancel(run)));
        runs.forEach(run -> bench.send(Topics.RUN_CONTROL, run, cancel(run)));

        runs.forEach(run -> bench.awaitFacts(run, RunEvent.FactCase.CANCELLED, 1));
        runs.forEach(run -> bench.tell(Runs.verified(run, 1, 10, 10)));
        for (String run : runs) {
            assertThat(bench.facts(run).stream().map(RunEvent::getFactCase))
                    .filteredOn(fact -> fact == RunEvent.FactCase.ACCEPTED)
                    .hasSize(1);
        }
        assertThat(bench.settled("shared-0")).doesNotContainKey(Topics.CHECKPOINT_READY);
        assertThat(bench.facts("shared-0").stream().map(RunEvent::getFactCase))
                .filteredOn(fact -> fact == RunEvent.FactCase.CANCELLED)
                .hasSize(1);
    }

    @Test
    void letsAFencedCoordinatorWriteNothing() {
        String run = "fenced-1";
        int partition = Utils.toPositive(Utils.murmur2(run.getBytes(StandardCharsets.UTF_8))) % PARTITIONS;
        List<ProducerRecord<byte[], byte[]>> stale = List.of(Announcements.fact(Runs.cancelled(run)));
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                        Map.of("bootstrap.servers", kafka.bootstrapServers(), "group.id", "nobody"),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer());
                KafkaLedger zombie = KafkaLedger.open(
                        KafkaConnection.plain(kafka.bootstrapServers()), partition, consumer::groupMetadata)) {
            zombie.write(List.of(Announcements.fact(Runs.requested(Runs.upload(run, Runs.spec(), 3)))));
            coordinator();
            bench.await(Topics.LATENT_CACHE, run, LatentRequest.parser(), 1);

            assertThatThrownBy(() -> zombie.write(stale))
                    .isInstanceOfAny(ProducerFencedException.class, InvalidProducerEpochException.class);
        }
        assertThat(bench.settled(run)).containsEntry(Topics.LATENT_CACHE, 1);
        assertThat(bench.facts(run)).noneMatch(RunEvent::hasCancelled);
    }

    @Test
    void putsPoisonAsideAndGoesOn() {
        coordinator();
        byte[] poison = "no message".getBytes(StandardCharsets.UTF_8);
        bench.send(Topics.SUBJECT_UPLOAD, "poison-1", poison);
        bench.send(
                Topics.RUN_CONTROL,
                "poison-1",
                RunControl.newBuilder().setRunId("other").build());
        bench.send(Topics.SUBJECT_UPLOAD, "poison-1", Runs.upload("poison-1", Runs.spec(), 3));

        ConsumerRecord<byte[], byte[]> letter = bench.awaitDeadLetter(Topics.SUBJECT_UPLOAD, "poison-1");
        assertThat(letter.value()).isEqualTo(poison);
        assertThat(header(letter, "__dlq.errors.topic")).isEqualTo(Topics.SUBJECT_UPLOAD);
        assertThat(header(letter, "__dlq.errors.offset")).matches("\\d+");
        assertThat(header(letter, "__dlq.errors.partition")).matches("\\d");
        assertThat(header(letter, "__dlq.errors.message")).contains("no message of this topic");
        assertThat(header(bench.awaitDeadLetter(Topics.RUN_CONTROL, "poison-1"), "__dlq.errors.message"))
                .contains("run id is not the record's key");
        bench.awaitFacts("poison-1", RunEvent.FactCase.ACCEPTED, 1);
    }

    @Test
    void asksForWhatClientsWantToSee() {
        coordinator();
        bench.send(Topics.SUBJECT_UPLOAD, "drawn-1", Runs.upload("drawn-1", Runs.spec(), 3));
        RunControl draw = RunControl.newBuilder()
                .setRunId("drawn-1")
                .setControlId("look-1")
                .setDraw(Draw.newBuilder().setSamples(Runs.samples(0)))
                .build();
        bench.send(Topics.RUN_CONTROL, "drawn-1", draw);
        bench.send(Topics.RUN_CONTROL, "drawn-1", draw);

        assertThat(bench.await(Topics.REG_GENERATION, "drawn-1", GenerationRequest.parser(), 1))
                .singleElement()
                .satisfies(request -> assertThat(request.getRequestId()).isEqualTo("look-1"));
        assertThat(bench.settled("drawn-1")).containsEntry(Topics.REG_GENERATION, 1);
    }

    private static RunControl cancel(String run) {
        return RunControl.newBuilder()
                .setRunId(run)
                .setCancel(Cancel.newBuilder().setReason("enough"))
                .build();
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    private static void await(String what, BooleanSupplier condition) {
        Instant deadline = Instant.now().plusSeconds(60);
        while (!condition.getAsBoolean()) {
            assertThat(Instant.now()).as("waited for: " + what).isBefore(deadline);
            try {
                Thread.sleep(50);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError(e);
            }
        }
    }
}
