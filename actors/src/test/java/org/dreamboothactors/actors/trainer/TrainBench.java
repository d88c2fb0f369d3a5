package org.dreamboothactors.actors.trainer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.dreamboothactors.actors.device.Device;
import org.dreamboothactors.actors.device.FakeDevice;
import org.dreamboothactors.actors.turns.TenantLimits;
import org.dreamboothactors.actors.turns.Waiting;
import org.dreamboothactors.actors.work.Node;
import org.dreamboothactors.actors.work.NodeBench;
import org.dreamboothactors.actors.work.Outcome;
import org.dreamboothactors.actors.work.Shift;
import org.dreamboothactors.actors.work.TestShift;
import org.dreamboothactors.protocol.Wire;
import org.dreamboothactors.protocol.v1.CachedLatent;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.protocol.v1.RunEvent.FactCase;
import org.dreamboothactors.protocol.v1.RunSpec;
import org.dreamboothactors.protocol.v1.Sampling;
import org.dreamboothactors.protocol.v1.TrainRequest;
import org.dreamboothactors.protocol.v1.Training;
import org.dreamboothactors.protocol.v1.Validation;
import org.dreamboothactors.storage.CommitLog;
import org.dreamboothactors.storage.CommitLog.Commit;
import org.dreamboothactors.storage.CommitLog.Kind;
import org.dreamboothactors.storage.Stored;

/** One run, and trainers for it with a device each. */
final class TrainBench implements AutoCloseable {
    static final long SEED = 7;

    final FakeDevice.Orders orders;
    private final NodeBench bench;
    private final Path directory;
    private final Node node;
    private final String run;
    private final int steps;
    private Device device;

    TrainBench(NodeBench bench, Path directory, String run, int steps) throws IOException {
        this(bench, directory, run, steps, Map.of());
    }

    TrainBench(NodeBench bench, Path directory, String run, int steps, Map<String, Path> judges) throws IOException {
        this.bench = bench;
        this.directory = directory;
        this.run = run;
        this.steps = steps;
        Path model = FakeDevice.model(directory.resolve("model"));
        orders = new FakeDevice.Orders(model);
        node = bench.node(model, judges);
        device = FakeDevice.start(directory);
    }

    /** Trains until the shift is over, or the run is. */
    Outcome train(TrainRequest request, Duration longestCommitInterval, Shift shift) throws InterruptedException {
        return work(trainers().withCommitsEvery(longestCommitInterval).open(), request, device, shift);
    }

    Outcome trainBySlices(TrainRequest request, Duration slice, Waiting waiting, Shift shift)
            throws InterruptedException {
        return work(trainers().withSlice(slice).withWaiting(waiting).open(), request, device, shift);
    }

    Outcome trainWithin(TenantLimits limits, TrainRequest request) throws InterruptedException {
        return work(trainers().within(limits).open(), request, device, TestShift.endless());
    }

    /** The same on a device of its own. */
    Outcome trainElsewhere(TrainRequest request, Shift shift) throws InterruptedException {
        try (Device other = FakeDevice.start(directory)) {
            return work(trainers().open(), request, other, shift);
        }
    }

    private TestTrainers trainers() {
        return TestTrainers.of(node, bench.kafka());
    }

    private static Outcome work(TrainRuns worker, TrainRequest request, Device device, Shift shift)
            throws InterruptedException {
        try (Device.Turn turn = device.takeTurn(Duration.ofSeconds(1)).orElseThrow()) {
            return worker.work(request, turn, shift);
        }
    }

    TrainRequest request(int attempt) {
        return request(attempt, 0);
    }

    TrainRequest request(int attempt, int checkpointEvery) {
        byte[] moments = "moments".getBytes(StandardCharsets.UTF_8);
        Stored latent = bench.store().put("latents/" + run, moments);
        return TrainRequest.newBuilder()
                .setRunId(run)
                .setAttempt(attempt)
                .setBaseModel("toy")
                .setBaseModelDigest(node.models().model("toy").digest())
                .addInstanceLatents(
                        CachedLatent.newBuilder().setImageSha256("aa").setMoments(Wire.message(latent)))
                .setSpec(RunSpec.newBuilder()
                        .setSeed(SEED)
                        .setTraining(Training.newBuilder()
                                .setMaxSteps(steps)
                                .setLearningRate(1e-3)
                                .setMicroBatchSize(1)
                                .setAdamBeta1(0.9)
                                .setAdamBeta2(0.999)
                                .setAdamEpsilon(1e-8)
                                .setMaxGradNorm(1)
                                .setCheckpointEvery(checkpointEvery)))
                .build();
    }

    static TrainRequest withPictures(TrainRequest request, int everySteps) {
        TrainRequest.Builder builder = request.toBuilder();
        builder.getSpecBuilder()
                .setValidation(Validation.newBuilder()
                        .addPrompts("a sks cup")
                        .addPrompts("a sks cup in the snow")
                        .setSeed(5)
                        .setEverySteps(everySteps)
                        .setSampling(Sampling.newBuilder()
                                .setSampler("ddim")
                                .setInferenceSteps(2)
                                .setGuidanceScale(1)
                                .setWidth(8)
                                .setHeight(8)));
        return builder.build();
    }

    /** The same with a photo and a class image that are encoded online, before the latent that was made. */
    TrainRequest online(TrainRequest request) {
        Stored photo = bench.store().put("photos/" + run, "photo".getBytes(StandardCharsets.UTF_8));
        Stored own = bench.store().put("own/" + run, "own".getBytes(StandardCharsets.UTF_8));
        TrainRequest.Builder builder = request.toBuilder();
        builder.addImages(Wire.message(photo))
                .addClassImages(Wire.message(own))
                .addAllClassLatents(request.getInstanceLatentsList())
                .clearInstanceLatents()
                .getSpecBuilder()
                .setResolution(64)
                .setEncodeOnline(true);
        return builder.build();
    }

    /** The same with a picture of the class and photos, so that it can be judged. */
    TrainRequest judged(TrainRequest request, int everySteps, int stopAfter) {
        TrainRequest.Builder builder = withPictures(request, everySteps).toBuilder();
        Stored photo = bench.store().put("photos/" + run, "photo".getBytes(StandardCharsets.UTF_8));
        builder.addImages(Wire.message(photo))
                .getSpecBuilder()
                .setInstancePrompt("a photo of a sks cup")
                .setClassPrompt("a photo of a cup")
                .getValidationBuilder()
                .addPrompts("a cup")
                .setStopAfter(stopAfter);
        return builder.build();
    }

    /** As if the service had been started anew. */
    Device freshDevice() {
        device.close();
        device = FakeDevice.start(directory);
        return device;
    }

    List<RunEvent> told(FactCase fact) throws Exception {
        return bench.told(run, fact);
    }

    List<Commit> commits(Kind kind) {
        return CommitLog.open(bench.store(), "runs/" + run + "/").all().stream()
                .filter(commit -> commit.kind() == kind)
                .toList();
    }

    @Override
    public void close() {
        device.close();
    }
}
