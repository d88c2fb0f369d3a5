package org.dreamboothactors.actors;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.dreamboothactors.actors.turns.TenantLimits;
import org.dreamboothactors.protocol.v1.Priority;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.protocol.v1.RunEvent.FactCase;
import org.dreamboothactors.protocol.v1.RunSpec;
import org.dreamboothactors.protocol.v1.Training;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs that want the one device of a service at the same time, as their events tell it. */
@Timeout(600)
class TurnsIT {
    /** Makes a step longer than progress is silent, so that each step is told. */
    private static final int MICRO_BATCHES = 12;

    private static final int MOST_WAITING = 4;

    @TempDir
    static Path directory = Path.of("");

    private static ServiceBench service;

    @BeforeAll
    static void start() throws IOException {
        service = new ServiceBench(directory, List.of("cpu:0"), new TenantLimits(MOST_WAITING, Duration.ZERO, 0));
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    @Test
    void aRunMakesWayForOneOfHigherPriorityAndBothEndAsTheyDoAlone() {
        RunSpec patient = spec(40, 1, Priority.NORMAL); // long enough for the other to be prepared meanwhile
        RunSpec urgent = spec(3, 2, Priority.HIGH);
        service.submit("ann", "patient-alone", patient);
        service.await("patient-alone", RunEvent::hasReady);
        service.submit("ann", "urgent-alone", urgent);
        service.await("urgent-alone", RunEvent::hasReady);

        service.submit("ann", "patient", patient);
        service.await("patient", event -> event.getStepProgress().getStep() >= 2);
        service.submit("ann", "urgent", urgent);
        service.await("urgent", RunEvent::hasReady);
        service.await("patient", RunEvent::hasReady);

        long wanted = service.first("urgent", FactCase.WORK_REQUESTED).getAtMs();
        long stepThen = service.told("patient", FactCase.STEP_PROGRESS).stream()
                .filter(event -> event.getAtMs() <= wanted)
                .mapToLong(event -> event.getStepProgress().getStep())
                .max()
                .orElse(0);
        RunEvent yielded = service.first("patient", FactCase.TRAINING_YIELDED);
        assertThat(yielded.getTrainingYielded().getStep()).isBetween(stepThen, stepThen + 2);
        List<RunEvent> starts = service.told("patient", FactCase.TRAINING_STARTED);
        assertThat(starts).hasSize(2);
        assertThat(starts.get(1).getTrainingStarted().getFromStep())
                .isEqualTo(yielded.getTrainingYielded().getStep());
        assertThat(List.of(yielded, service.first("urgent", FactCase.TRAINING_TAKEN), starts.get(1)))
                .isSortedAccordingTo(Comparator.comparingLong(RunEvent::getAtMs));
        assertThat(starts.get(1).getAtMs())
                .isGreaterThan(
                        service.first("urgent", FactCase.CHECKPOINT_VERIFIED).getAtMs());
        assertThat(weights("patient")).isEqualTo(weights("patient-alone"));
        assertThat(weights("urgent")).isEqualTo(weights("urgent-alone"));
    }

    @Test
    void aTenantWithOneRunDoesNotWaitForAllRunsOfAnother() {
        List<String> many = List.of("many-0", "many-1", "many-2");
        many.forEach(run -> service.submit("cat", run, spec(6, 3, Priority.NORMAL)));
        service.awaitAny(many, RunEvent::hasStepProgress);
        service.submit("dan", "single", spec(2, 3, Priority.NORMAL));
        Stream.concat(many.stream(), Stream.of("single")).forEach(run -> service.await(run, RunEvent::hasReady));

        List<String> order = Stream.concat(many.stream(), Stream.of("single"))
                .map(run -> service.first(run, FactCase.TRAINING_TAKEN))
                .sorted(Comparator.comparingLong(RunEvent::getAtMs))
                .map(RunEvent::getRunId)
                .toList();
        assertThat(order.get(1)).isEqualTo("single");
    }

    @Test
    void aTenantWithTooManyWaitingRunsIsToldSo() {
        List<String> runs =
                IntStream.range(0, MOST_WAITING + 3).mapToObj(i -> "eager-" + i).toList();
        runs.forEach(run -> service.submit("eve", run, spec(1_000, 1, Priority.LOW)));

        String rejected = runs.getLast();
        service.await(rejected, RunEvent::hasRejected);
        assertThat(service.first(rejected, FactCase.REJECTED).getRejected().getReason())
                .matches("Cannot accept the run: tenant eve has [4-6] runs that wait for a trainer,"
                        + " expected fewer than 4 \\(tenant-waiting-runs\\)."
                        + " Submit it again when one of them trains, or cancel one");
        runs.forEach(run -> service.cancel(run));
        runs.forEach(run -> service.await(run, event -> event.hasRejected() || event.hasCancelled()));
        assertThat(runs)
                .filteredOn(run -> !service.told(run, FactCase.CANCELLED).isEmpty())
                .hasSizeBetween(MOST_WAITING, MOST_WAITING + 1);
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

    private static String weights(String run) {
        return service.told(run, FactCase.CHECKPOINT_VERIFIED)
                .getLast()
                .getCheckpointVerified()
                .getWeightsSha256();
    }
}
