package org.dreamboothactors.actors;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.dreamboothactors.actors.intake.photo.Photos;
import org.dreamboothactors.actors.turns.TenantLimits;
import org.dreamboothactors.diffusion.RandomModel;
import org.dreamboothactors.embedded.EmbeddedKafka;
import org.dreamboothactors.embedded.EmbeddedS3;
import org.dreamboothactors.protocol.DreamBoothClient;
import org.dreamboothactors.protocol.v1.Priority;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.protocol.v1.RunEvent.FactCase;
import org.dreamboothactors.protocol.v1.RunSpec;
import org.dreamboothactors.protocol.v1.Training;
import org.dreamboothactors.storage.ArtifactStore;
import org.dreamboothactors.storage.StoreSettings;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs that want the one device of a service at the same time, as their events tell it. */
@Timeout(300)
class TurnsIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    /** Makes a step longer than progress is silent, so that each step is told. */
    private static final int MICRO_BATCHES = 12;

    private static final int MOST_WAITING = 4;

    @TempDir
    static Path directory = Path.of("");

    private static EmbeddedKafka kafka;
    private static EmbeddedS3 s3;
    private static DreamBoothService service;
    private static DreamBoothClient client;

    @BeforeAll
    static void start() throws IOException {
        kafka = EmbeddedKafka.start(directory.resolve("kafka"), 0);
        s3 = EmbeddedS3.start(directory.resolve("s3"), 0, "access", "secret-secret");
        StoreSettings store = new StoreSettings(
                s3.endpoint(), "us-east-1", "bucket", "access", "secret-secret", Duration.ofSeconds(10), 3);
        ArtifactStore.openOrCreate(store).close();
        Path model = directory.resolve("model");
        RandomModel.write(model, RandomModel.Size.TINY, Path.of("../base-model/tokenizer"));
        for (int i = 0; i < 3; i++) {
            Files.write(directory.resolve(i + ".png"), Photos.png(64, 64, 0x304050 * (i + 1)));
        }
        service = DreamBoothService.start(new ServiceSettings(
                kafka.bootstrapServers(),
                store,
                directory.resolve("work"),
                Map.of("toy", model),
                "toy",
                List.of("cpu:0"),
                1,
                4,
                Duration.ofHours(1),
                Duration.ofHours(1),
                new TenantLimits(MOST_WAITING, Duration.ZERO, 0),
                "127.0.0.1",
                0,
                "secret-token"));
        client = DreamBoothClient.connect(kafka.bootstrapServers(), store);
    }

    @AfterAll
    static void stop() {
        client.close();
        service.close();
        s3.close();
        kafka.close();
    }

    @Test
    void aRunMakesWayForOneOfHigherPriorityAndBothEndAsTheyDoAlone() {
        RunSpec patient = spec(10, 1, Priority.NORMAL);
        RunSpec urgent = spec(3, 2, Priority.HIGH);
        submit("ann", "patient-alone", patient);
        await("patient-alone", RunEvent::hasReady);
        submit("ann", "urgent-alone", urgent);
        await("urgent-alone", RunEvent::hasReady);

        submit("ann", "patient", patient);
        await("patient", event -> event.getStepProgress().getStep() >= 2);
        submit("ann", "urgent", urgent);
        await("urgent", RunEvent::hasReady);
        await("patient", RunEvent::hasReady);

        long wanted = first("urgent", FactCase.WORK_REQUESTED).getAtMs();
        long stepThen = told("patient", FactCase.STEP_PROGRESS).stream()
                .filter(event -> event.getAtMs() <= wanted)
                .mapToLong(event -> event.getStepProgress().getStep())
                .max()
                .orElse(0);
        RunEvent yielded = first("patient", FactCase.TRAINING_YIELDED);
        assertThat(yielded.getTrainingYielded().getStep()).isBetween(stepThen, stepThen + 2);
        List<RunEvent> starts = told("patient", FactCase.TRAINING_STARTED);
        assertThat(starts).hasSize(2);
        assertThat(starts.get(1).getTrainingStarted().getFromStep())
                .isEqualTo(yielded.getTrainingYielded().getStep());
        assertThat(List.of(yielded, first("urgent", FactCase.TRAINING_TAKEN), starts.get(1)))
                .isSortedAccordingTo(Comparator.comparingLong(RunEvent::getAtMs));
        assertThat(starts.get(1).getAtMs())
                .isGreaterThan(first("urgent", FactCase.CHECKPOINT_VERIFIED).getAtMs());
        assertThat(weights("patient")).isEqualTo(weights("patient-alone"));
        assertThat(weights("urgent")).isEqualTo(weights("urgent-alone"));
    }

    @Test
    void aTenantWithOneRunDoesNotWaitForAllRunsOfAnother() {
        List<String> many = List.of("many-0", "many-1", "many-2");
        many.forEach(run -> submit("cat", run, spec(6, 3, Priority.NORMAL)));
        awaitAny(many, RunEvent::hasStepProgress);
        submit("dan", "single", spec(2, 3, Priority.NORMAL));
        Stream.concat(many.stream(), Stream.of("single")).forEach(run -> await(run, RunEvent::hasReady));

        List<String> order = Stream.concat(many.stream(), Stream.of("single"))
                .map(run -> first(run, FactCase.TRAINING_TAKEN))
                .sorted(Comparator.comparingLong(RunEvent::getAtMs))
                .map(RunEvent::getRunId)
                .toList();
        assertThat(order.get(1)).isEqualTo("single");
    }

    @Test
    void aTenantWithTooManyWaitingRunsIsToldSo() {
        List<String> runs =
                IntStream.range(0, MOST_WAITING + 3).mapToObj(i -> "eager-" + i).toList();
        runs.forEach(run -> submit("eve", run, spec(1_000, 1, Priority.LOW)));

        String rejected = runs.getLast();
        await(rejected, RunEvent::hasRejected);
        assertThat(first(rejected, FactCase.REJECTED).getRejected().getReason())
                .matches("Cannot accept the run: tenant eve has [4-6] runs that wait for a trainer,"
                        + " expected fewer than 4 \\(tenant-waiting-runs\\)."
                        + " Submit it again when one of them trains, or cancel one");
        runs.forEach(run -> client.cancel(run, "enough"));
        runs.forEach(run -> await(run, event -> event.hasRejected() || event.hasCancelled()));
        assertThat(client.history())
                .filteredOn(event -> event.getRunId().startsWith("eager") && event.hasCancelled())
                .hasSizeGreaterThanOrEqualTo(MOST_WAITING);
    }

    private static RunSpec spec(int steps, long seed, Priority priority) {
        return RunSpec.newBuilder()
                .setInstancePrompt("a photo of a sks teapot")
                .setSeed(seed)
                .setResolution(64)
                .setPriority(priority)
                .setTraining(Training.newBuilder()
                        .setMaxSteps(steps)
                        .setLearningRate(1e-3)
                        .setAccumulation(MICRO_BATCHES))
                .build();
    }

    private static void submit(String tenant, String run, RunSpec spec) {
        List<Path> photos =
                Stream.of("0.png", "1.png", "2.png").map(directory::resolve).toList();
        client.submit(run, tenant, photos, spec);
    }

    private static void await(String run, Predicate<RunEvent> wanted) {
        awaitAny(List.of(run), wanted);
    }

    private static void awaitAny(List<String> runs, Predicate<RunEvent> wanted) {
        Instant deadline = Instant.now().plus(PATIENCE);
        while (client.history().stream().noneMatch(event -> runs.contains(event.getRunId()) && wanted.test(event))) {
            if (Instant.now().isAfter(deadline)) {
                throw new AssertionError("What was awaited of " + runs + " did not come: "
                        + client.history().stream()
                                .filter(event -> runs.contains(event.getRunId()))
                                .toList());
            }
        }
    }

    private static List<RunEvent> told(String run, FactCase fact) {
        return new ArrayList<>(client.history().stream()
                .filter(event -> event.getRunId().equals(run) && event.getFactCase() == fact)
                .toList());
    }

    private static RunEvent first(String run, FactCase fact) {
        return told(run, fact).getFirst();
    }

    private static String weights(String run) {
        return told(run, FactCase.CHECKPOINT_VERIFIED)
                .getLast()
                .getCheckpointVerified()
                .getWeightsSha256();
    }
}
