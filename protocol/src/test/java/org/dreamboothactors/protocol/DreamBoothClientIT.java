package org.dreamboothactors.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.dreamboothactors.protocol.DreamBoothClient.From;
import org.dreamboothactors.protocol.v1.CheckpointReady;
import org.dreamboothactors.protocol.v1.RunCancelled;
import org.dreamboothactors.protocol.v1.RunControl;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.protocol.v1.RunSpec;
import org.dreamboothactors.protocol.v1.SampleRequest;
import org.dreamboothactors.protocol.v1.StepProgress;
import org.dreamboothactors.protocol.v1.SubjectUpload;
import org.dreamboothactors.protocol.v1.Training;
import org.dreamboothactors.protocol.v1.UploadedPhoto;
import org.dreamboothactors.storage.Sha256;
import org.dreamboothactors.storage.Stored;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class DreamBoothClientIT {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Duration QUIET = Duration.ofSeconds(1);
    private static final RunSpec SPEC = RunSpec.newBuilder()
            .setInstancePrompt("a photo of a sks teapot")
            .setTraining(Training.newBuilder().setMaxSteps(5))
            .build();

    @TempDir
    static Path directory;

    private static ServiceSide service;

    @TempDir
    Path files;

    private DreamBoothClient client;

    @BeforeAll
    static void start() {
        service = ServiceSide.start(directory);
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    @BeforeEach
    void connect() {
        client = service.client();
    }

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void submitsPhotosUnderKeysOfTheirContentWhateverTheirNames() throws Exception {
        List<String> names =
                List.of("..%2f..%2fetc", "-rf * ; <script>.jpg", "two\nlines.png", "ünï 茶壺.jpeg", "n".repeat(255));
        List<Path> photos = new ArrayList<>();
        for (String name : names) {
            photos.add(Files.writeString(files.resolve(name), "content of " + name));
        }
        photos.add(Files.createFile(files.resolve("empty.jpg")));

        String runId = client.submit("studio-1", photos, SPEC);

        ConsumerRecord<String, SubjectUpload> record = service.records(
                        Topics.SUBJECT_UPLOAD, runId, SubjectUpload.parser(), 1)
                .getFirst();
        SubjectUpload upload = record.value();
        assertThat(upload.getRunId()).isEqualTo(runId).matches("[a-z0-9-]{1,64}");
        assertThat(upload.getTenant()).isEqualTo("studio-1");
        assertThat(upload.getSpec()).isEqualTo(SPEC);
        assertThat(upload.getRequestedAtMs()).isPositive();
        assertThat(upload.getPhotosList())
                .extracting(UploadedPhoto::getName)
                .containsExactlyElementsOf(photos.stream()
                        .map(photo -> photo.getFileName().toString())
                        .toList());
        for (int i = 0; i < photos.size(); i++) {
            Stored object = Wire.stored(upload.getPhotos(i).getObject());
            byte[] content = Files.readAllBytes(photos.get(i));
            assertThat(object.key()).isEqualTo("uploads/studio-1/blobs/" + Sha256.of(content));
            assertThat(service.store().readVerified(object)).isEqualTo(content);
            assertThat(client.read(upload.getPhotos(i).getObject())).isEqualTo(content);
        }
    }

    @Test
    void uploadsNothingForARequestThatCannotWork() throws Exception {
        Path photo = Files.writeString(files.resolve("a.jpg"), "only here");

        assertThatThrownBy(() -> client.submit("refused", List.of(photo), RunSpec.getDefaultInstance()))
                .hasMessageContaining("instance_prompt");
        assertThatThrownBy(() -> client.submit("refused", List.of(photo, files.resolve("no.jpg")), SPEC))
                .hasMessageContaining("no.jpg: there is no such file");
        assertThatThrownBy(() -> client.submit("Run", "refused", List.of(photo), SPEC))
                .hasMessageContaining("'Run'");

        assertThat(service.store().list("uploads/refused/")).isEmpty();
    }

    @Test
    void followsARunInOrderAndTellsAFactOnce() throws Exception {
        String runId = "followed";
        String neighbour = neighbour(runId);
        service.commit(Topics.RUN_EVENTS, runId, step(runId, 1));
        try (RunFollower run = client.follow(runId)) {
            service.garbage(Topics.RUN_EVENTS, runId);
            service.commit(Topics.RUN_EVENTS, neighbour, step(neighbour, 1));
            service.commit(Topics.RUN_EVENTS, runId, step(runId, 2), step(runId, 1), step(runId, 2));
            service.commit(Topics.RUN_EVENTS, runId, step(runId, 3));

            assertThat(next(run, 3)).containsExactly(step(runId, 1), step(runId, 2), step(runId, 3));
            assertThat(run.next(QUIET)).isEmpty();
        }
    }

    @Test
    void doesNotTellWhatATransactionTookBack() {
        String runId = "taken-back";
        service.commit(Topics.RUN_EVENTS, runId, step(runId, 1));
        service.abort(Topics.RUN_EVENTS, runId, step(runId, 2), cancelled(runId));
        try (RunFollower run = client.follow(runId)) {
            assertThat(run.left()).isPositive();
            assertThat(next(run, 1)).containsExactly(step(runId, 1));
            assertThat(run.next(QUIET)).isEmpty();
            assertThat(run.left()).isZero(); // the abort's end is read as well

            service.commit(Topics.RUN_EVENTS, runId, step(runId, 2)); // the same fact, told again and kept
            assertThat(next(run, 1)).containsExactly(step(runId, 2));
        }
        service.abort(Topics.RUN_EVENTS, runId, cancelled(runId)); // the last thing in the topic
        assertThat(history()).contains(step(runId, 2)).doesNotContain(cancelled(runId));
    }

    @Test
    void listsTheHistoryOfAllRunsInOrder() {
        service.commit(Topics.RUN_EVENTS, "history-a", step("history-a", 1), step("history-a", 2));
        service.commit(Topics.RUN_EVENTS, "history-b", step("history-b", 1));
        service.commit(Topics.RUN_EVENTS, "history-a", step("history-a", 2), cancelled("history-a"));

        List<RunEvent> history = history();

        assertThat(history)
                .filteredOn(event -> event.getRunId().equals("history-a"))
                .containsExactly(step("history-a", 1), step("history-a", 2), cancelled("history-a"));
        assertThat(history)
                .filteredOn(event -> event.getRunId().equals("history-b"))
                .containsExactly(step("history-b", 1));
    }

    @Test
    void replaysOneRunUpToNowWhateverElseIsInItsPartition() {
        String runId = "replayed";
        String neighbour = neighbour(runId);
        service.commit(Topics.RUN_EVENTS, neighbour, step(neighbour, 1));
        service.commit(Topics.RUN_EVENTS, runId, step(runId, 1), step(runId, 2), step(runId, 1));
        service.commit(Topics.CHECKPOINT_READY, neighbour, checkpoint(neighbour, 1));
        service.commit(Topics.CHECKPOINT_READY, runId, checkpoint(runId, 1), checkpoint(runId, 2));
        service.commit(Topics.CHECKPOINT_READY, runId, checkpoint(runId, 2));
        service.commit(Topics.CHECKPOINT_READY, neighbour, checkpoint(neighbour, 2));
        service.abort(Topics.RUN_EVENTS, runId, cancelled(runId)); // the last thing in the partition

        List<RunEvent> events = new ArrayList<>();
        client.replay(runId, events::add);
        List<CheckpointReady> checkpoints = new ArrayList<>();
        client.replayCheckpoints(runId, checkpoints::add);

        assertThat(events).containsExactly(step(runId, 1), step(runId, 2));
        assertThat(checkpoints).containsExactly(checkpoint(runId, 1), checkpoint(runId, 2));
        client.replay("nobody", event -> assertThat(event).isNull());
    }

    @Test
    void hearsOfCheckpointsFromTheBeginningOrFromNow() {
        CheckpointReady before = checkpoint("early", 1);
        CheckpointReady after = checkpoint("early", 2);
        service.commit(Topics.CHECKPOINT_READY, "early", before);
        try (CheckpointSubscription all = client.checkpoints(From.BEGINNING);
                CheckpointSubscription fresh = client.checkpoints(From.NOW)) {
            service.commit(Topics.CHECKPOINT_READY, "early", after, after);

            assertThat(fresh.next(SOON)).contains(after);
            assertThat(fresh.next(QUIET)).isEmpty();
            List<CheckpointReady> heard = new ArrayList<>();
            for (Optional<CheckpointReady> ready = all.next(SOON); ready.isPresent(); ready = all.next(QUIET)) {
                heard.add(ready.orElseThrow());
            }
            assertThat(heard)
                    .filteredOn(ready -> ready.getRunId().equals("early"))
                    .containsExactly(before, after);
        }
    }

    @Test
    void sendsCommandsWithTheRunsKey() {
        SampleRequest samples =
                SampleRequest.newBuilder().addPrompts("a sks teapot").setSeed(7).build();
        String drawId = client.draw("commanded", samples);
        client.cancel("commanded", "no longer needed");

        List<RunControl> commands = service.records(Topics.RUN_CONTROL, "commanded", RunControl.parser(), 2).stream()
                .map(ConsumerRecord::value)
                .toList();
        assertThat(commands).allMatch(command -> command.getRunId().equals("commanded"));
        assertThat(commands.getFirst().getControlId()).isEqualTo(drawId);
        assertThat(commands.getFirst().getDraw().getSamples()).isEqualTo(samples);
        assertThat(commands.getLast().getCancel().getReason()).isEqualTo("no longer needed");
        assertThat(commands.getLast().getControlId()).isNotEmpty().isNotEqualTo(drawId);
    }

    @Test
    void endsAWaitWhenClosed() throws Exception {
        RunFollower run = client.follow("never-submitted");
        CompletableFuture<Optional<RunEvent>> waiting =
                CompletableFuture.supplyAsync(() -> run.next(Duration.ofMinutes(5)));
        assertThat(run.next(Duration.ZERO))
                .as("the other one waits, or has not begun to")
                .isEmpty();

        run.close();

        assertThatThrownBy(() -> waiting.get(10, TimeUnit.SECONDS)).hasMessageContaining("closed");
        assertThatThrownBy(() -> run.next(Duration.ZERO)).hasMessageContaining("closed");
    }

    @Test
    void findsARunsPartitionAsTheProducerDoes() throws Exception {
        for (int i = 0; i < 40; i++) {
            String runId = Ids.fresh();
            assertThat(TopicReader.partition(runId, ServiceSide.PARTITIONS))
                    .isEqualTo(service.garbage(Topics.SUBJECT_UPLOAD, runId));
        }
    }

    private List<RunEvent> history() {
        List<RunEvent> events = new ArrayList<>();
        client.replay(events::add);
        return events;
    }

    /** Another run whose records lie in the same partition. */
    private static String neighbour(String runId) {
        int partition = TopicReader.partition(runId, ServiceSide.PARTITIONS);
        String other = Ids.fresh();
        while (TopicReader.partition(other, ServiceSide.PARTITIONS) != partition) {
            other = Ids.fresh();
        }
        return other;
    }

    private static List<RunEvent> next(RunFollower run, int wanted) {
        List<RunEvent> events = new ArrayList<>();
        while (events.size() < wanted) {
            events.add(run.next(SOON).orElseThrow());
        }
        return events;
    }

    private static RunEvent step(String runId, long step) {
        return RunEvent.newBuilder()
                .setRunId(runId)
                .setEventId("step-" + step)
                .setStepProgress(StepProgress.newBuilder().setStep(step))
                .build();
    }

    private static RunEvent cancelled(String runId) {
        return RunEvent.newBuilder()
                .setRunId(runId)
                .setEventId("cancelled")
                .setCancelled(RunCancelled.newBuilder().setReason("as asked"))
                .build();
    }

    private static CheckpointReady checkpoint(String runId, long step) {
        return CheckpointReady.newBuilder().setRunId(runId).setStep(step).build();
    }
}
