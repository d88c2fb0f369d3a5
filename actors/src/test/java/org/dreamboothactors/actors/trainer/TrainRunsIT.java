package org.dreamboothactors.actors.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.dreamboothactors.actors.device.Device;
import org.dreamboothactors.actors.device.FakeDevice;
import org.dreamboothactors.actors.turns.Claim;
import org.dreamboothactors.actors.turns.TenantLimits;
import org.dreamboothactors.actors.turns.Waiting;
import org.dreamboothactors.actors.work.NodeBench;
import org.dreamboothactors.actors.work.Outcome;
import org.dreamboothactors.actors.work.TestShift;
import org.dreamboothactors.diffusion.TrainingData;
import org.dreamboothactors.protocol.Events;
import org.dreamboothactors.protocol.Wire;
import org.dreamboothactors.protocol.YieldText;
import org.dreamboothactors.protocol.v1.CheckpointVerified;
import org.dreamboothactors.protocol.v1.GangCall;
import org.dreamboothactors.protocol.v1.RunCancelled;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.protocol.v1.RunEvent.FactCase;
import org.dreamboothactors.protocol.v1.RunRequested;
import org.dreamboothactors.protocol.v1.StoredObject;
import org.dreamboothactors.protocol.v1.SubjectUpload;
import org.dreamboothactors.protocol.v1.TrainRequest;
import org.dreamboothactors.protocol.v1.TrainingStarted;
import org.dreamboothactors.protocol.v1.Verdict;
import org.dreamboothactors.storage.CommitLog.Commit;
import org.dreamboothactors.storage.CommitLog.Kind;
import org.dreamboothactors.storage.StorageException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class TrainRunsIT {
    private static final Outcome DONE = new Outcome.Done();

    @TempDir
    static Path shared = Path.of("");

    private static NodeBench bench;

    @TempDir
    Path directory = Path.of("");

    @BeforeAll
    static void start() {
        bench = new NodeBench(shared);
    }

    @AfterAll
    static void stop() {
        bench.close();
    }

    @Test
    void trainsToTheEndAndTellsOfIt() throws Exception {
        try (TrainBench run = run("whole", 12)) {
            TrainRequest request = TrainBench.withPictures(run.request(1, 5), 6);

            assertThat(run.train(request, TestTrainers.SELDOM, TestShift.endless()))
                    .isEqualTo(DONE);

            assertThat(started(run)).extracting(TrainingStarted::getFromStep).containsExactly(0L);
            assertThat(started(run))
                    .extracting(TrainingStarted::getWarning)
                    .singleElement()
                    .asString()
                    .startsWith("it is the fake of process");
            assertThat(run.told(FactCase.SAMPLES_READY))
                    .extracting(event -> event.getSamplesReady().getStep())
                    .containsExactly(0L, 5L, 6L, 10L, 12L);
            assertThat(run.told(FactCase.STEP_PROGRESS)
                            .getLast()
                            .getStepProgress()
                            .getStep())
                    .isEqualTo(12);
            assertThat(verified(run)).extracting(CheckpointVerified::getStep).containsExactly(5L, 10L, 12L);
            CheckpointVerified last = verified(run).getLast();
            assertThat(last.getLast()).isTrue();
            assertThat(last.getWeightsSha256()).isEqualTo(FakeDevice.weights(TrainBench.SEED, 12));
            assertThat(last.getFilesList())
                    .extracting(StoredObject::getKey)
                    .containsExactly(last.getPrefix() + "model_index.json", last.getPrefix() + "unet/weights");
            assertThat(bench.store().readVerified(Wire.stored(last.getFiles(1))))
                    .asString(StandardCharsets.UTF_8)
                    .isEqualTo(FakeDevice.weights(TrainBench.SEED, 12));
        }
    }

    @Test
    void bringsPhotosToTheDeviceWhereTheyAreEncodedOnline() throws Exception {
        try (TrainBench run = run("online", 3)) {
            TrainRequest request = run.online(run.request(1));

            TrainingData data = new TrainingPictures(bench.store()).fetch(request, directory.resolve("pictures"));
            assertThat(data.instances()).singleElement().isInstanceOfSatisfying(TrainingData.Photo.class, photo -> {
                assertThat(photo.file()).hasContent("photo");
                assertThat(photo.resolution()).isEqualTo(64);
            });
            assertThat(data.classes().getFirst())
                    .isInstanceOfSatisfying(
                            TrainingData.Photo.class,
                            own -> assertThat(own.file()).hasContent("own"));
            assertThat(data.classes().getLast())
                    .isInstanceOfSatisfying(
                            TrainingData.Latent.class,
                            made -> assertThat(made.file()).hasContent("moments"));
            assertThat(run.train(request, TestTrainers.SELDOM, TestShift.endless()))
                    .isEqualTo(DONE);
        }
    }

    @Test
    void endsWhereTheJudgeFindsItWorseForTooLong() throws Exception {
        Path judge = judge(Map.of(0, .1, 5, .5, 10, .8, 15, .7, 20, .6, 25, .9));
        try (TrainBench run = new TrainBench(bench, directory, "worse", 30, Map.of("toy", judge))) {
            TrainRequest request = run.judged(run.request(1, 10), 5, 2);
            run.orders.give("crash-at-18");

            assertThat(run.train(request, TestTrainers.SELDOM, TestShift.endless()))
                    .isInstanceOf(Outcome.Again.class);
            assertThat(run.train(request, TestTrainers.SELDOM, TestShift.endless()))
                    .isEqualTo(DONE);
            assertThat(run.train(request, TestTrainers.SELDOM, TestShift.endless()))
                    .isEqualTo(DONE);

            assertThat(run.told(FactCase.JUDGED))
                    .extracting(event -> event.getJudged().getStep())
                    .doesNotContain(25L)
                    .contains(0L, 5L, 10L, 15L, 20L);
            Verdict best = run.told(FactCase.JUDGED).stream()
                    .filter(event -> event.getJudged().getStep() == 10)
                    .findFirst()
                    .orElseThrow()
                    .getJudged()
                    .getVerdict();
            assertThat(best.getGain()).isCloseTo(.7, within(1e-9));
            assertThat(best.getScores().getPromptFidelity()).isEqualTo(2); // pictures of the subject
            assertThat(best.getScores().getClassLikeness()).isEqualTo(1); // and of the class
            assertThat(verified(run).getLast().getStep()).isEqualTo(20);
            assertThat(verified(run).getLast().getLast()).isTrue();
        }
    }

    @Test
    void aJudgeThatSaysNothingIsNoReasonToStop() throws Exception {
        Path judge = judge(Map.of(0, .1, 10, .4));
        try (TrainBench run = new TrainBench(bench, directory, "silent", 10, Map.of("toy", judge))) {
            run.train(run.judged(run.request(1), 5, 1), TestTrainers.SELDOM, TestShift.endless());

            assertThat(run.told(FactCase.JUDGED))
                    .extracting(event -> event.getJudged().getVerdict().getNotJudged())
                    .containsExactly("", "the judge says nothing of step 5", "");
            assertThat(verified(run).getLast().getLast()).isTrue();
        }
    }

    @Test
    void saysThatThereIsNoJudge() throws Exception {
        try (TrainBench run = run("no-judge", 2)) {
            run.train(run.judged(run.request(1), 0, 1), TestTrainers.SELDOM, TestShift.endless());

            assertThat(run.told(FactCase.JUDGED))
                    .extracting(event -> event.getJudged().getVerdict().getNotJudged())
                    .hasSize(2)
                    .allMatch(why -> why.startsWith("there is no judge for base model"));
        }
    }

    @Test
    void repeatsLessThanACommitIntervalWhenTheChildJvmIsKilled() throws Exception {
        try (TrainBench run = run("killed", 150)) {
            run.orders.takeMillisForAStep(20);
            run.orders.give("crash-at-100");
            Duration interval = Duration.ofMillis(300);

            assertThat(run.train(run.request(1), interval, TestShift.endless())).isInstanceOf(Outcome.Again.class);
            List<Long> committed =
                    run.commits(Kind.STATE).stream().map(Commit::step).toList();
            assertThat(run.train(run.request(1), interval, TestShift.endless())).isEqualTo(DONE);

            long from = started(run).getLast().getFromStep();
            assertThat(committed).hasSizeGreaterThan(1);
            assertThat(from).isEqualTo(committed.getLast());
            long betweenTwo = 0;
            for (int i = 1; i < committed.size(); i++) {
                betweenTwo = Math.max(betweenTwo, committed.get(i) - committed.get(i - 1));
            }
            assertThat(99 - from).isLessThan(2 * betweenTwo);
            assertThat(verified(run).getLast().getWeightsSha256()).isEqualTo(FakeDevice.weights(TrainBench.SEED, 150));
        }
    }

    @Test
    void keepsTheTwoNewestStatesAndNoneAfterTheEnd() throws Exception {
        try (TrainBench run = run("two-states", 100)) {
            run.orders.takeMillisForAStep(20);
            AtomicInteger steps = new AtomicInteger();
            TestShift most = TestShift.until(() -> steps.getAndIncrement() == 80);
            run.train(run.request(1), Duration.ofMillis(200), most);

            List<Commit> states = run.commits(Kind.STATE);
            assertThat(states).hasSizeGreaterThan(2);
            assertThat(bench.store().list("runs/two-states/blobs/"))
                    .containsExactlyInAnyOrderElementsOf(states.reversed().stream()
                            .limit(2)
                            .map(state -> state.blobs().getFirst().key())
                            .toList());

            assertThat(run.train(run.request(1), Duration.ofMillis(200), TestShift.endless()))
                    .isEqualTo(DONE);
            assertThat(bench.store().list("runs/two-states/blobs/")).isEmpty();
        }
    }

    @Test
    void tellsTheSameAgainWhenARecordComesAfterTheEnd() throws Exception {
        try (TrainBench run = run("again", 3)) {
            run.train(run.request(1), TestTrainers.SELDOM, TestShift.endless());
            Device unused = run.freshDevice();

            assertThat(run.train(run.request(1), TestTrainers.SELDOM, TestShift.endless()))
                    .isEqualTo(DONE);

            List<RunEvent> told = run.told(FactCase.CHECKPOINT_VERIFIED);
            assertThat(told).hasSize(2);
            assertThat(told.get(1).getEventId()).isEqualTo(told.get(0).getEventId());
            assertThat(told.get(1).getCheckpointVerified())
                    .isEqualTo(told.get(0).getCheckpointVerified());
            assertThat(unused.pid()).isEmpty();
        }
    }

    @Test
    void letsAnAttemptThatSleptCommitNothing() throws Exception {
        try (TrainBench run = run("slept", 20)) {
            Pause pause = new Pause(6);
            CompletableFuture<Outcome> sleeper = CompletableFuture.supplyAsync(
                    () -> trained(run, run.request(1), Duration.ZERO, TestShift.until(pause)));
            pause.awaitBegun();
            long committedBefore = run.commits(Kind.STATE).size();

            assertThat(run.trainElsewhere(run.request(2), TestShift.endless())).isEqualTo(DONE);
            pause.end();

            assertThat(sleeper.get(30, TimeUnit.SECONDS)).isEqualTo(DONE);
            assertThat(run.commits(Kind.STATE))
                    .filteredOn(commit -> commit.attempt() == 1)
                    .hasSize((int) committedBefore);
            assertThat(verified(run)).extracting(CheckpointVerified::getAttempt).containsExactly(2);
        }
    }

    @Test
    void endsInOneHistoryWhenTwoTrainTheSameAttempt() throws Exception {
        try (TrainBench run = run("twice", 20)) {
            Pause pause = new Pause(6);
            CompletableFuture<Outcome> slow = CompletableFuture.supplyAsync(
                    () -> trained(run, run.request(1), Duration.ZERO, TestShift.until(pause)));
            pause.awaitBegun();
            BooleanSupplier threeSteps = new After(3);
            run.trainElsewhere(run.request(1), TestShift.until(threeSteps)); // commits and gives back
            pause.end();

            Outcome late = slow.get(30, TimeUnit.SECONDS); // Done where both committed the very same next
            assertThat(late).isInstanceOfAny(Outcome.Done.class, Outcome.Again.class);
            assertThat(run.train(run.request(1), TestTrainers.SELDOM, TestShift.endless()))
                    .isEqualTo(DONE);
            assertThat(run.commits(Kind.CHECKPOINT)).hasSize(1);
            assertThat(verified(run).getLast().getWeightsSha256()).isEqualTo(FakeDevice.weights(TrainBench.SEED, 20));
        }
    }

    @Test
    void neverAnnouncesACheckpointThatDoesNotComeBackAsItWas() throws Exception {
        try (TrainBench run = run("tampered", 3)) {
            String key = "checkpoints/tampered/step-3-" + FakeDevice.weights(TrainBench.SEED, 3) + "/unet/weights";
            TestShift tampering = TestShift.heard(work -> {
                if (work.contains("reading back")) {
                    bench.store().put(key, "x".repeat(64).getBytes(StandardCharsets.UTF_8));
                }
            });

            assertThatThrownBy(() -> run.train(run.request(1), TestTrainers.SELDOM, tampering))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("damaged or replaced");
            assertThat(verified(run)).isEmpty();
            assertThat(run.commits(Kind.CHECKPOINT)).isEmpty();

            assertThat(run.train(run.request(1), TestTrainers.SELDOM, TestShift.endless()))
                    .isEqualTo(DONE);
            bench.store().verify(Wire.stored(verified(run).getLast().getFiles(1)));
        }
    }

    @Test
    void makesWayWhenItsSliceIsOverAndOthersWait() throws Exception {
        try (TrainBench run = run("yielding", 10)) {
            assertThat(run.trainBySlices(run.request(1), Duration.ZERO, _ -> Claim.AT_SLICE_END, TestShift.endless()))
                    .isEqualTo(DONE);

            RunEvent yielded = run.told(FactCase.TRAINING_YIELDED).getLast();
            assertThat(yielded.getTrainingYielded().getStep()).isEqualTo(1);
            assertThat(YieldText.of(yielded.getTrainingYielded()))
                    .isEqualTo("training yields at step 1: its slice is over and other work waits");
            assertThat(run.commits(Kind.STATE)).extracting(Commit::step).containsExactly(1L);

            assertThat(run.trainBySlices(run.request(2), Duration.ZERO, _ -> Claim.NONE, TestShift.endless()))
                    .isEqualTo(DONE);
            assertThat(started(run)).extracting(TrainingStarted::getFromStep).containsExactly(0L, 1L);
            assertThat(started(run)).extracting(TrainingStarted::getWarm).containsExactly(false, true);
            assertThat(verified(run).getLast().getWeightsSha256()).isEqualTo(FakeDevice.weights(TrainBench.SEED, 10));
        }
    }

    @Test
    void makesWayBeforeItsSliceIsOverWhenAHigherPriorityWaits() throws Exception {
        try (TrainBench run = run("outranked", 10)) {
            AtomicInteger asked = new AtomicInteger();
            Waiting fromTheThirdOn = _ -> asked.getAndIncrement() < 3 ? Claim.NONE : Claim.NOW;

            assertThat(run.trainBySlices(run.request(1), TestTrainers.SELDOM, fromTheThirdOn, TestShift.endless()))
                    .isEqualTo(DONE);

            assertThat(run.told(FactCase.TRAINING_YIELDED))
                    .singleElement()
                    .satisfies(event -> assertThat(YieldText.of(event.getTrainingYielded()))
                            .isEqualTo("training yields at step 2: a run that goes first waits"));
            assertThat(run.commits(Kind.STATE)).extracting(Commit::step).containsExactly(2L);
            assertThat(run.train(run.request(2), TestTrainers.SELDOM, TestShift.endless()))
                    .isEqualTo(DONE);
            assertThat(verified(run).getLast().getWeightsSha256()).isEqualTo(FakeDevice.weights(TrainBench.SEED, 10));
        }
    }

    @Test
    void failsARunThatHadATrainerForTooLong() throws Exception {
        try (TrainBench run = run("too-long", 1000)) {
            run.orders.takeMillisForAStep(20);
            bench.facts()
                    .tell(Events.event("too-long", "requested")
                            .setRequested(RunRequested.newBuilder()
                                    .setUpload(SubjectUpload.newBuilder()
                                            .setRunId("too-long")
                                            .setTenant("ann")))
                            .build());

            assertThat(run.trainWithin(new TenantLimits(0, Duration.ofSeconds(1), 0), run.request(1)))
                    .isEqualTo(DONE);

            assertThat(run.told(FactCase.WORK_FAILED))
                    .singleElement()
                    .satisfies(event -> assertThat(event.getWorkFailed().getReason())
                            .matches(
                                    "trainers had the run for \\d+ s, expected less than 1 s [(]tenant-run-time[)].*"));
        }
    }

    @Test
    void givesItsRecordBackUntouchedWhenAnotherGoesFirst() throws Exception {
        try (TrainBench run = run("untouched", 10)) {
            Device unused = run.freshDevice();

            assertThat(run.trainBySlices(run.request(1), TestTrainers.SELDOM, _ -> Claim.NOW, TestShift.endless()))
                    .isEqualTo(DONE);

            assertThat(run.told(FactCase.TRAINING_YIELDED)).hasSize(1);
            assertThat(run.told(FactCase.TRAINING_TAKEN)).isEmpty();
            assertThat(unused.pid()).isEmpty();
        }
    }

    @Test
    void aRunThatIsOutrankedWhileItWaitsForDevicesMakesWay() throws Exception {
        try (TrainBench run = run("outranked", 10)) {
            AtomicInteger asked = new AtomicInteger();
            TrainRequest.Builder two = run.request(1).toBuilder();
            two.getSpecBuilder().getTrainingBuilder().setRanks(2);

            assertThat(run.trainBySlices(
                            two.build(),
                            TestTrainers.SELDOM,
                            _ -> asked.incrementAndGet() < 3 ? Claim.NONE : Claim.NOW,
                            TestShift.endless()))
                    .isEqualTo(DONE);

            assertThat(run.told(FactCase.TRAINING_YIELDED)).hasSize(1);
            assertThat(run.told(FactCase.WORK_FAILED)).isEmpty();
        }
    }

    @Test
    void aCallForHelpThatCameTooLateIsDone() throws Exception {
        try (TrainBench run = run("late", 10)) {
            GangCall gone = GangCall.newBuilder()
                    .setHost("127.0.0.1")
                    .setPort(closedPort())
                    .build();

            assertThat(run.train(
                            run.request(1).toBuilder().setCall(gone).build(), TestTrainers.SELDOM, TestShift.endless()))
                    .isEqualTo(DONE);
            assertThat(run.told(FactCase.TRAINING_TAKEN)).isEmpty();
        }
    }

    private static int closedPort() throws IOException {
        try (ServerSocket port = new ServerSocket(0)) {
            return port.getLocalPort();
        }
    }

    @Test
    void aCallForHelpWithAModelThatIsNotHereIsPassedOnAndThenDropped() throws Exception {
        try (TrainBench run = run("elsewhere", 10)) {
            TrainRequest call = run.request(1).toBuilder()
                    .setBaseModel("another")
                    .setCall(GangCall.newBuilder().setHost("127.0.0.1").setPort(1))
                    .build();

            assertThat(run.train(call, TestTrainers.SELDOM, TestShift.endless()))
                    .isInstanceOf(Outcome.Again.class);
            assertThat(run.train(call, TestTrainers.SELDOM, new TestShift(() -> false, 3, _ -> {})))
                    .isEqualTo(DONE);
            assertThat(run.told(FactCase.WORK_FAILED)).isEmpty();
        }
    }

    @Test
    void asksForAFreshRecordBeforeItsDeliveriesAreUsedUp() throws Exception {
        try (TrainBench run = run("often", 10)) {
            TestShift sixth = new TestShift(() -> false, 6, _ -> {});

            assertThat(run.trainBySlices(run.request(1), Duration.ZERO, _ -> Claim.NONE, sixth))
                    .isEqualTo(DONE);

            assertThat(run.told(FactCase.TRAINING_YIELDED)).hasSize(1);
        }
    }

    @Test
    void goesOnFromTheVeryStepAtWhichItsShiftWasOver() throws Exception {
        try (TrainBench run = run("shifts", 10)) {
            assertThat(run.train(run.request(1), TestTrainers.SELDOM, TestShift.until(new After(4))))
                    .isInstanceOf(Outcome.Again.class);
            assertThat(run.train(run.request(1), TestTrainers.SELDOM, TestShift.endless()))
                    .isEqualTo(DONE);

            assertThat(started(run)).extracting(TrainingStarted::getFromStep).containsExactly(0L, 4L);
            assertThat(verified(run).getLast().getWeightsSha256()).isEqualTo(FakeDevice.weights(TrainBench.SEED, 10));
        }
    }

    @Test
    void aTrainerThatIsStillOpenNeedsNothingOfTheStore() throws Exception {
        try (TrainBench run = run("warm", 10)) {
            run.train(run.request(1), TestTrainers.SELDOM, TestShift.until(new After(4)));
            bench.store()
                    .remove(run.commits(Kind.STATE).getLast().blobs().getFirst().key());

            run.train(run.request(1), TestTrainers.SELDOM, TestShift.endless());

            assertThat(started(run)).extracting(TrainingStarted::getFromStep).containsExactly(0L, 4L);
            assertThat(started(run)).extracting(TrainingStarted::getWarm).containsExactly(false, true);
            assertThat(verified(run).getLast().getWeightsSha256()).isEqualTo(FakeDevice.weights(TrainBench.SEED, 10));
        }
    }

    @Test
    void aTrainerThatIsNotWhereTheRunIsIsNotGoneOnWith() throws Exception {
        try (TrainBench run = run("cold", 20)) {
            run.train(run.request(1), TestTrainers.SELDOM, TestShift.until(new After(4)));
            run.trainElsewhere(run.request(1), TestShift.until(new After(5)));

            run.train(run.request(1), TestTrainers.SELDOM, TestShift.endless());

            assertThat(started(run)).extracting(TrainingStarted::getFromStep).containsExactly(0L, 4L, 9L);
            assertThat(started(run)).extracting(TrainingStarted::getWarm).containsOnly(false);
            assertThat(verified(run).getLast().getWeightsSha256()).isEqualTo(FakeDevice.weights(TrainBench.SEED, 20));
        }
    }

    @Test
    void trainsNothingForARunThatWasCancelled() throws Exception {
        try (TrainBench run = run("cancelled", 1000)) {
            run.orders.takeMillisForAStep(10);
            CompletableFuture<Outcome> training = CompletableFuture.supplyAsync(
                    () -> trained(run, run.request(1), TestTrainers.SELDOM, TestShift.endless()));
            bench.awaitTold("cancelled", FactCase.STEP_PROGRESS, 1);
            bench.facts()
                    .tell(Events.event("cancelled", "cancelled")
                            .setCancelled(RunCancelled.getDefaultInstance())
                            .build());

            assertThat(training.get(30, TimeUnit.SECONDS)).isEqualTo(DONE);
            assertThat(verified(run)).isEmpty();
            assertThat(run.train(run.request(2), TestTrainers.SELDOM, TestShift.endless()))
                    .isEqualTo(DONE);
            assertThat(started(run)).hasSize(1);
        }
    }

    @Test
    void aStateThatIsOnItsWayWhenTheDeviceIsLostCounts() throws Exception {
        try (TrainBench run = run("on-its-way", 3)) {
            run.orders.give("crash-at-2");

            assertThat(run.train(run.request(1), Duration.ZERO, TestShift.endless()))
                    .isInstanceOf(Outcome.Again.class);
            assertThat(run.commits(Kind.STATE)).extracting(Commit::step).containsExactly(1L);
            assertThat(run.train(run.request(1), TestTrainers.SELDOM, TestShift.endless()))
                    .isEqualTo(DONE);
            assertThat(started(run)).extracting(TrainingStarted::getFromStep).containsExactly(0L, 1L);
        }
    }

    @Test
    void fallsBackToTheStateBeforeWhenTheNewestIsDamaged() throws Exception {
        try (TrainBench run = run("damaged", 20)) {
            run.train(run.request(1), TestTrainers.SELDOM, TestShift.until(new After(4)));
            run.train(run.request(1), TestTrainers.SELDOM, TestShift.until(new After(5)));
            String newest = run.commits(Kind.STATE).getLast().blobs().getFirst().key();
            bench.rot(newest);
            run.freshDevice();

            run.train(run.request(1), TestTrainers.SELDOM, TestShift.until(new After(5))); // the same state once more
            run.train(run.request(1), TestTrainers.SELDOM, TestShift.endless());

            assertThat(started(run)).extracting(TrainingStarted::getFromStep).containsExactly(0L, 4L, 4L, 9L);
            assertThat(verified(run).getLast().getWeightsSha256()).isEqualTo(FakeDevice.weights(TrainBench.SEED, 20));
        }
    }

    @Test
    void beginsAnewWhenNoStateIsLeft() throws Exception {
        try (TrainBench run = run("missing", 20)) {
            run.train(run.request(1), TestTrainers.SELDOM, TestShift.until(new After(4)));
            bench.store()
                    .remove(run.commits(Kind.STATE).getLast().blobs().getFirst().key());
            run.freshDevice();

            run.train(run.request(1), TestTrainers.SELDOM, TestShift.endless());

            assertThat(started(run)).extracting(TrainingStarted::getFromStep).containsExactly(0L, 0L);
            assertThat(verified(run).getLast().getWeightsSha256()).isEqualTo(FakeDevice.weights(TrainBench.SEED, 20));
        }
    }

    @Test
    void keepsThePublishedCheckpointWhenTheSameStepIsTrainedAgainWithOtherBits() throws Exception {
        try (TrainBench run = run("other-bits", 12)) {
            run.train(run.request(1, 5), TestTrainers.SELDOM, TestShift.until(new After(3)));
            run.orders.give("crash-at-8");
            run.train(run.request(1, 5), TestTrainers.SELDOM, TestShift.endless());
            run.orders.computeIn("elsewhere");

            run.train(run.request(1, 5), TestTrainers.SELDOM, TestShift.endless());

            assertThat(started(run))
                    .extracting(TrainingStarted::getEnvironmentChanged)
                    .containsExactly(false, false, true);
            assertThat(run.commits(Kind.CHECKPOINT)).extracting(Commit::step).containsExactly(5L, 10L, 12L);
            assertThat(verified(run))
                    .filteredOn(checkpoint -> checkpoint.getStep() == 5)
                    .hasSizeGreaterThan(1)
                    .allMatch(
                            checkpoint -> checkpoint.getWeightsSha256().equals(FakeDevice.weights(TrainBench.SEED, 5)));
        }
    }

    @Test
    void failsTheRunWhenTheDeviceRefuses() throws Exception {
        try (TrainBench run = run("refused", 5)) {
            run.orders.give("refuse-at-3");

            assertThat(run.train(run.request(1), TestTrainers.SELDOM, TestShift.endless()))
                    .isEqualTo(DONE);

            assertThat(run.told(FactCase.WORK_FAILED).getLast().getWorkFailed().getReason())
                    .isEqualTo("step 3 has no finite loss");
        }
    }

    @Test
    void failsTheRunWhenItsSettingsMakeNoSense() throws Exception {
        try (TrainBench run = run("nonsense", 0)) {
            assertThat(run.train(run.request(1), TestTrainers.SELDOM, TestShift.endless()))
                    .isEqualTo(DONE);

            assertThat(run.told(FactCase.WORK_FAILED).getLast().getWorkFailed().getReason())
                    .contains("maxSteps is 0");
        }
    }

    private TrainBench run(String name, int steps) throws Exception {
        return new TrainBench(bench, directory, name, steps);
    }

    private static Outcome trained(TrainBench run, TrainRequest request, Duration interval, TestShift shift) {
        try {
            return run.train(request, interval, shift);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<TrainingStarted> started(TrainBench run) throws Exception {
        return run.told(FactCase.TRAINING_STARTED).stream()
                .map(RunEvent::getTrainingStarted)
                .toList();
    }

    /** One that says these numbers of these steps. */
    private Path judge(Map<Integer, Double> numbers) throws IOException {
        Path judge = Files.createDirectories(directory.resolve("judge"));
        for (Map.Entry<Integer, Double> number : numbers.entrySet()) {
            Files.writeString(
                    judge.resolve("step-" + number.getKey()), number.getValue().toString());
        }
        return judge;
    }

    private static List<CheckpointVerified> verified(TrainBench run) throws Exception {
        return run.told(FactCase.CHECKPOINT_VERIFIED).stream()
                .map(RunEvent::getCheckpointVerified)
                .toList();
    }

    /** True from the question after so many on: asked before each step, so that many steps are done. */
    private static final class After implements BooleanSupplier {
        private final AtomicInteger left;

        After(int steps) {
            left = new AtomicInteger(steps);
        }

        @Override
        public boolean getAsBoolean() {
            return left.getAndDecrement() <= 0;
        }
    }

    /** A shift that never ends, in which a trainer stands still after some steps, like a process that is stopped. */
    private static final class Pause implements BooleanSupplier {
        private final CountDownLatch begun = new CountDownLatch(1);
        private final CountDownLatch ended = new CountDownLatch(1);
        private final AtomicInteger left;

        Pause(int steps) {
            left = new AtomicInteger(steps);
        }

        @Override
        public boolean getAsBoolean() {
            if (left.getAndDecrement() == 0) {
                begun.countDown();
                await(ended);
            }
            return false;
        }

        void awaitBegun() {
            await(begun);
        }

        void end() {
            ended.countDown();
        }

        private static void await(CountDownLatch latch) {
            try {
                assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
