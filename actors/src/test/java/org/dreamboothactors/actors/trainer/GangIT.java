package org.dreamboothactors.actors.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.dreamboothactors.actors.device.Cores;
import org.dreamboothactors.actors.device.Device;
import org.dreamboothactors.actors.device.DeviceCommand;
import org.dreamboothactors.actors.device.DeviceLost;
import org.dreamboothactors.actors.device.DeviceName;
import org.dreamboothactors.actors.device.RankPlace;
import org.dreamboothactors.actors.device.Recruits;
import org.dreamboothactors.actors.work.Node;
import org.dreamboothactors.actors.work.NodeBench;
import org.dreamboothactors.actors.work.Outcome;
import org.dreamboothactors.actors.work.QueueActor;
import org.dreamboothactors.actors.work.QueueSettings;
import org.dreamboothactors.actors.work.Shift;
import org.dreamboothactors.actors.work.TestShift;
import org.dreamboothactors.diffusion.RandomModel;
import org.dreamboothactors.diffusion.StableDiffusion;
import org.dreamboothactors.diffusion.TrainingData;
import org.dreamboothactors.diffusion.images.Crop;
import org.dreamboothactors.diffusion.images.Png;
import org.dreamboothactors.diffusion.images.RgbImage;
import org.dreamboothactors.protocol.Events;
import org.dreamboothactors.protocol.Topics;
import org.dreamboothactors.protocol.Wire;
import org.dreamboothactors.protocol.v1.CachedLatent;
import org.dreamboothactors.protocol.v1.PriorPreservation;
import org.dreamboothactors.protocol.v1.Priority;
import org.dreamboothactors.protocol.v1.RunEvent.FactCase;
import org.dreamboothactors.protocol.v1.RunRequested;
import org.dreamboothactors.protocol.v1.RunSpec;
import org.dreamboothactors.protocol.v1.SubjectUpload;
import org.dreamboothactors.protocol.v1.TrainRequest;
import org.dreamboothactors.protocol.v1.Training;
import org.dreamboothactors.protocol.v1.TrainingStarted;
import org.dreamboothactors.protocol.v1.TrainingYielded;
import org.dreamboothactors.storage.CommitLog;
import org.dreamboothactors.storage.CommitLog.Commit;
import org.dreamboothactors.storage.CommitLog.Kind;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two child JVMs with libtorch that train a tiny model together. */
@Timeout(300)
class GangIT {
    private static final Outcome DONE = new Outcome.Done();
    private static final Duration OFTEN = Duration.ofMillis(1);
    private static final int STEPS = 6;
    private static final int SIDE = 32;

    @TempDir
    static Path directory;

    private static NodeBench bench;
    private static ActorTestKit kit;
    private static Node node;
    private static List<CachedLatent> photos = List.of();
    private static List<CachedLatent> classes = List.of();

    private final Device first = device("cpu:0");
    private final Device second = device("cpu:1");

    @BeforeAll
    static void makeModelAndLatents() throws IOException {
        kit = ActorTestKit.create();
        bench = new NodeBench(directory);
        Path model = directory.resolve("model");
        RandomModel.write(model, RandomModel.Size.TINY, Path.of("../base-model/tokenizer"));
        node = bench.node(model);
        try (StableDiffusion diffusion = StableDiffusion.open(model, 1)) {
            photos = latents(diffusion, "photo", 3);
            classes = latents(diffusion, "class", 4);
        }
    }

    @AfterAll
    static void stop() {
        kit.shutdownTestKit();
        bench.close();
    }

    @AfterEach
    void closeDevices() {
        first.close();
        second.close();
    }

    @Test
    void aRankThatIsStoppedCostsAFewStepsAndNoBits() throws Exception {
        assertThat(train(request("undisturbed", 2), TestShift.endless())).isEqualTo(DONE);
        String undisturbed = weights("undisturbed");
        AtomicLong stopped = new AtomicLong();
        TestShift disturbing = TestShift.heard(work -> {
            if (work.contains(": step ") && stopped.compareAndSet(0, System.nanoTime())) {
                signal("STOP", second.pid().orElseThrow());
            }
        });
        AtomicLong wentOn = new AtomicLong();
        TestShift next = TestShift.heard(work -> {
            if (work.contains(": step ")) {
                wentOn.compareAndSet(0, System.nanoTime());
            }
        });

        assertThat(train(request("stopped", 2), disturbing)).isInstanceOf(Outcome.Again.class);
        assertThat(train(request("stopped", 2), next)).isEqualTo(DONE);

        assertThat(Duration.ofNanos(wentOn.get() - stopped.get())).isBetween(Duration.ZERO, Duration.ofSeconds(60));
        assertThat(weights("stopped")).isEqualTo(undisturbed);
        List<TrainingStarted> starts = bench.told("stopped", FactCase.TRAINING_STARTED).stream()
                .map(event -> event.getTrainingStarted())
                .toList();
        assertThat(starts).hasSize(2).allSatisfy(start -> {
            assertThat(start.getDevice()).isEqualTo("cpu:0, cpu:1");
            assertThat(start.getEnvironment()).endsWith(" ranks=2");
            assertThat(start.getEnvironmentChanged()).isFalse();
        });
        assertThat(starts.get(1).getFromStep()).isLessThan(STEPS);
        assertThat(commits("stopped", Kind.STATE)).extracting(Commit::step).doesNotHaveDuplicates();
    }

    @Test
    void aCheckpointOnTheWayChangesNoBits() throws Exception {
        TrainRequest.Builder withOneMore = request("two-checkpoints", 1).toBuilder();
        withOneMore.getSpecBuilder().getTrainingBuilder().setCheckpointEvery(STEPS / 2);

        assertThat(train(request("one-checkpoint", 1), TestShift.endless())).isEqualTo(DONE);
        assertThat(train(withOneMore.build(), TestShift.endless())).isEqualTo(DONE);

        assertThat(commits("two-checkpoints", Kind.CHECKPOINT)).hasSize(2);
        assertThat(weights("two-checkpoints")).isEqualTo(weights("one-checkpoint"));
    }

    @Test
    void devicesOfTwoNodesEndInTheBitsOfThoseOfOne() throws Exception {
        assertThat(train(request("one-node", 2), TestShift.endless())).isEqualTo(DONE);
        List<String> heard = new CopyOnWriteArrayList<>();
        ActorRef<QueueActor.Command> other = otherNode(heard);

        assertThat(trainWithHelp(request("two-nodes", 2), TestShift.endless())).isEqualTo(DONE);

        SortedMap<Long, String> expected = states("one-node");
        SortedMap<Long, String> found = states("two-nodes");
        expected.keySet().retainAll(found.keySet()); // a slow machine leaves out some
        found.keySet().retainAll(expected.keySet());
        assertThat(found).isNotEmpty().isEqualTo(expected);
        assertThat(weights("two-nodes")).isEqualTo(weights("one-node"));
        assertThat(bench.told("two-nodes", FactCase.TRAINING_STARTED))
                .singleElement()
                .satisfies(event ->
                        assertThat(event.getTrainingStarted().getDevice()).isEqualTo("cpu:0, cpu:1@127.0.0.1"));
        stop(other);
        assertThat(heard).contains("two-nodes: helps at 127.0.0.1");
    }

    @Test
    void aHelperThatIsLostCostsAFewStepsAndNoBits() throws Exception {
        assertThat(train(request("not-left", 2), TestShift.endless())).isEqualTo(DONE);
        ActorRef<QueueActor.Command> other = otherNode(new CopyOnWriteArrayList<>());
        AtomicBoolean killed = new AtomicBoolean();
        TestShift disturbing = TestShift.heard(work -> {
            if (work.contains(": step ") && killed.compareAndSet(false, true)) {
                signal("KILL", second.pid().orElseThrow());
            }
        });

        assertThat(trainWithHelp(request("left", 2), disturbing)).isInstanceOf(Outcome.Again.class);
        assertThat(trainWithHelp(request("left", 2), TestShift.endless())).isEqualTo(DONE);

        assertThat(killed).isTrue();
        assertThat(weights("left")).isEqualTo(weights("not-left"));
        stop(other);
    }

    /** One that was killed between two commands: its run goes on from the last commit instead of failing. */
    @Test
    void aProcessThatTookThePlaceOfAnotherIsLost() throws Exception {
        TrainRequest request = request("replaced", 2);
        TrainingData data = new TrainingPictures(bench.store()).fetch(request, directory.resolve("replaced"));
        DeviceCommand.OpenTrainer open = new DeviceCommand.OpenTrainer(
                "replaced",
                directory.resolve("model"),
                RunConfig.of(request.getSpec()),
                data,
                Optional.empty(),
                Optional.of(new RankPlace("replaced", 1, 0, 2, new RankPlace.Ring("127.0.0.1", 1))));

        try (Device.Turn turn = first.takeTurn(Duration.ofSeconds(1)).orElseThrow()) {
            assertThatThrownBy(() -> turn.ask(new DeviceCommand.TrainStep()))
                    .isInstanceOf(DeviceLost.class)
                    .hasMessageContaining("no trainer is open");
            assertThatThrownBy(() -> turn.ask(open))
                    .isInstanceOf(DeviceLost.class)
                    .hasMessageContaining("no door is open");
        }
    }

    @Test
    void aRunThatWantsMoreDevicesThanThereAreFailsWithThatReason() throws Exception {
        ActorRef<QueueActor.Command> other = otherNode(new CopyOnWriteArrayList<>());

        TrainRequest greedy = request("greedy", 3);
        bench.facts()
                .tell(Events.event("greedy", "requested")
                        .setRequested(RunRequested.newBuilder()
                                .setUpload(SubjectUpload.newBuilder()
                                        .setRunId("greedy")
                                        .setTenant("ann")
                                        .setSpec(greedy.getSpec())))
                        .build());

        assertThat(trainWithHelp(greedy, TestShift.endless())).isEqualTo(DONE);
        assertThat(bench.told("greedy", FactCase.WORK_FAILED)).isEmpty();
        assertThat(bench.told("greedy", FactCase.TRAINING_YIELDED))
                .singleElement()
                .satisfies(event -> assertThat(event.getTrainingYielded().getLacksDevices())
                        .as("a node may be down just now")
                        .isTrue());

        bench.facts()
                .tell(Events.event("greedy", "yielded-2")
                        .setTrainingYielded(
                                TrainingYielded.newBuilder().setAttempt(2).setLacksDevices(true))
                        .build());
        while (node.ended().lacks("greedy") < 2) {
            Thread.sleep(20);
        }
        assertThat(trainWithHelp(greedy.toBuilder().setAttempt(3).build(), TestShift.endless()))
                .isEqualTo(DONE);
        assertThat(bench.told("greedy", FactCase.WORK_FAILED))
                .singleElement()
                .satisfies(event -> assertThat(event.getWorkFailed().getReason())
                        .isEqualTo("the run wants 3 devices, the service has 1 that work"));
        stop(other);
        assertThat(second.takeTurn(Duration.ZERO)).as("it is free again").isPresent();
    }

    @Test
    void aRunThatFindsTheOtherDeviceTakenIsGivenBack() throws Exception {
        try (Device.Turn _ = second.takeTurn(Duration.ofSeconds(1)).orElseThrow()) {
            assertThat(train(request("crowded", 2), TestShift.endless(), Duration.ofSeconds(1)))
                    .isInstanceOf(Outcome.Again.class);
        }
        assertThat(second.takeTurn(Duration.ZERO)).isPresent();
    }

    @Test
    void aGangThatPausesLeavesNothingOpen() throws Exception {
        assertThat(train(request("unpaused", 2), TestShift.endless())).isEqualTo(DONE);
        AtomicInteger asked = new AtomicInteger();

        assertThat(train(request("pausing", 2), TestShift.until(() -> asked.incrementAndGet() > 3)))
                .isInstanceOf(Outcome.Again.class);
        try (Device.Turn turn = first.takeTurn(Duration.ofSeconds(1)).orElseThrow()) {
            assertThatThrownBy(() -> turn.ask(new DeviceCommand.TrainStep()))
                    .hasMessageContaining("no trainer is open");
        }
        assertThat(train(request("pausing", 2), TestShift.endless())).isEqualTo(DONE);

        assertThat(bench.told("pausing", FactCase.TRAINING_STARTED))
                .hasSize(2)
                .noneMatch(event -> event.getTrainingStarted().getWarm());
        assertThat(weights("pausing")).isEqualTo(weights("unpaused"));
    }

    @Test
    void aRunMakesWayForOneThatGathersDevicesWithAHigherPriority() throws Exception {
        TrainRequest.Builder high = request("gathering", 2).toBuilder();
        high.getSpecBuilder().setPriority(Priority.HIGH);
        Recruits recruits = new Recruits(List.of(first, second));
        TrainRuns trainer = trainers(node).recruiting(recruits).open();
        TrainRequest.Builder low = request("alone", 1).toBuilder();
        low.getSpecBuilder().getTrainingBuilder().setMaxSteps(100_000);
        CompletableFuture<Outcome> gathering;

        try (Device.Turn turn = second.takeTurn(Duration.ofSeconds(1)).orElseThrow()) {
            CompletableFuture<Outcome> alone =
                    CompletableFuture.supplyAsync(() -> trainer.work(low.build(), turn, TestShift.endless()));
            bench.awaitTold("alone", FactCase.STEP_PROGRESS, 1);
            gathering = CompletableFuture.supplyAsync(() -> {
                try (Device.Turn mine = first.takeTurn(Duration.ofSeconds(1)).orElseThrow()) {
                    return trainer.work(high.build(), mine, TestShift.endless());
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            assertThat(alone.get(30, TimeUnit.SECONDS)).isEqualTo(DONE);
        }
        assertThat(gathering.get(60, TimeUnit.SECONDS)).isEqualTo(DONE);

        assertThat(bench.told("alone", FactCase.TRAINING_YIELDED)).hasSize(1);
        assertThat(commits("gathering", Kind.CHECKPOINT)).hasSize(1);
    }

    private Outcome train(TrainRequest request, Shift shift) throws InterruptedException {
        return train(request, shift, Duration.ofHours(1));
    }

    private Outcome train(TrainRequest request, Shift shift, Duration slice) throws InterruptedException {
        TrainRuns trainer = trainers(node)
                .withSlice(slice)
                .withCommitsEvery(OFTEN)
                .recruiting(new Recruits(List.of(first, second)))
                .open();
        try (Device.Turn turn = first.takeTurn(Duration.ofSeconds(1)).orElseThrow()) {
            return trainer.work(request, turn, shift);
        }
    }

    /** On a node with the first device only. */
    private Outcome trainWithHelp(TrainRequest request, Shift shift) throws InterruptedException {
        TrainRuns trainer = trainers(node)
                .withCommitsEvery(OFTEN)
                .recruiting(new Recruits(List.of(first)))
                .calling(new OtherNodes(bench.kafka(), Duration.ofSeconds(8)))
                .open();
        try (Device.Turn turn = first.takeTurn(Duration.ofSeconds(1)).orElseThrow()) {
            return trainer.work(request, turn, shift);
        }
    }

    /** A node with the second device, whose trainer takes records from its queue. */
    private ActorRef<QueueActor.Command> otherNode(List<String> heard) {
        TrainRuns trainer = trainers(bench.node(directory.resolve("model")))
                .withCommitsEvery(OFTEN)
                .recruiting(new Recruits(List.of(second)))
                .open();
        return kit.spawn(QueueActor.create(
                "other/trainer",
                new QueueSettings<>(Topics.TRAIN_STEP, TrainRequest.parser(), bench.kafka(), Duration.ofSeconds(10)),
                second,
                trainer,
                node.fitness(),
                (_, _, work) -> heard.add(work)));
    }

    private static void stop(ActorRef<QueueActor.Command> node) {
        node.tell(new QueueActor.Stop());
        kit.createTestProbe().expectTerminated(node, Duration.ofSeconds(30));
    }

    private static TestTrainers trainers(Node of) {
        return TestTrainers.of(of, bench.kafka());
    }

    private static TrainRequest request(String run, int ranks) {
        return TrainRequest.newBuilder()
                .setRunId(run)
                .setAttempt(1)
                .setBaseModel("toy")
                .setBaseModelDigest(node.models().model("toy").digest())
                .addAllInstanceLatents(photos)
                .addAllClassLatents(classes)
                .setSpec(RunSpec.newBuilder()
                        .setSeed(7)
                        .setInstancePrompt("a photo of a sks teapot")
                        .setClassPrompt("a photo of a teapot")
                        .setPrior(PriorPreservation.newBuilder().setLossWeight(0.5))
                        .setTraining(Training.newBuilder()
                                .setRanks(ranks)
                                .setMaxSteps(STEPS)
                                .setLearningRate(1e-3)
                                .setMicroBatchSize(1)
                                .setAdamBeta1(0.9)
                                .setAdamBeta2(0.999)
                                .setAdamEpsilon(1e-8)
                                .setMaxGradNorm(1)))
                .build();
    }

    private static List<CachedLatent> latents(StableDiffusion diffusion, String name, int count) {
        List<CachedLatent> latents = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] rgb = new byte[SIDE * SIDE * RgbImage.CHANNELS];
            new Random(name.hashCode() + i).nextBytes(rgb);
            Path png = directory.resolve(name + i + ".png");
            Png.write(new RgbImage(SIDE, SIDE, rgb), png);
            Path moments = directory.resolve(name + i + ".safetensors");
            diffusion.encode(png, moments, Crop.center(SIDE));
            latents.add(CachedLatent.newBuilder()
                    .setImageSha256(name + i)
                    .setMoments(Wire.message(bench.store().put("latents/" + name + i, moments)))
                    .build());
        }
        return latents;
    }

    private static String weights(String run) {
        return commits(run, Kind.CHECKPOINT).getLast().weightsSha256();
    }

    /** Digests of the weights by step, where they were committed. */
    private static SortedMap<Long, String> states(String run) {
        SortedMap<Long, String> digests = new TreeMap<>();
        commits(run, Kind.STATE).forEach(state -> digests.put(state.step(), state.weightsSha256()));
        return digests;
    }

    private static List<Commit> commits(String run, Kind kind) {
        return CommitLog.open(bench.store(), "runs/" + run + "/").all().stream()
                .filter(commit -> commit.kind() == kind)
                .toList();
    }

    private static Device device(String name) {
        return new Device(DeviceName.parse(name), 1, Cores.ANY, directory.resolve(name.replace(':', '-') + ".log"));
    }

    private static void signal(String name, long process) {
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(process)).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
