package org.dreamboothactors.actors.inference;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.dreamboothactors.actors.device.Device;
import org.dreamboothactors.actors.device.FakeDevice;
import org.dreamboothactors.actors.work.Node;
import org.dreamboothactors.actors.work.NodeBench;
import org.dreamboothactors.actors.work.Outcome;
import org.dreamboothactors.actors.work.TestShift;
import org.dreamboothactors.protocol.Wire;
import org.dreamboothactors.protocol.v1.ClassImageGroup;
import org.dreamboothactors.protocol.v1.ClassImagesReady;
import org.dreamboothactors.protocol.v1.GenerationRequest;
import org.dreamboothactors.protocol.v1.RunEvent.FactCase;
import org.dreamboothactors.protocol.v1.Sample;
import org.dreamboothactors.protocol.v1.SampleRequest;
import org.dreamboothactors.protocol.v1.SamplesReady;
import org.dreamboothactors.protocol.v1.Sampling;
import org.dreamboothactors.protocol.v1.StoredObject;
import org.dreamboothactors.storage.CommitLog;
import org.dreamboothactors.storage.CommitLog.Kind;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class DrawPicturesIT {
    @TempDir
    static Path directory = Path.of("");

    private static NodeBench bench;
    private static Node node;

    @BeforeAll
    static void start() throws Exception {
        bench = new NodeBench(directory);
        node = bench.node(FakeDevice.model(directory.resolve("model")));
    }

    @AfterAll
    static void stop() {
        bench.close();
    }

    @Test
    void drawsAGroupOfClassImagesOnceForAllRuns() throws Exception {
        draw(group("first", "a cup", 0));
        draw(group("second", "a cup", 0));
        draw(group("third", "a cup", 1));

        ClassImagesReady first = classImages("first");
        ClassImagesReady second = classImages("second");
        assertThat(List.of(first.getMade(), first.getReused())).containsExactly(3, 0);
        assertThat(List.of(second.getMade(), second.getReused())).containsExactly(0, 3);
        assertThat(second.getImagesList()).isEqualTo(first.getImagesList());
        assertThat(classImages("third").getMade()).isEqualTo(3);
        for (StoredObject image : first.getImagesList()) {
            bench.store().verify(Wire.stored(image));
        }
    }

    @Test
    void drawsSamplesOfTheBaseModel() throws Exception {
        draw(samples("base", 0, "ddim"));

        SamplesReady ready =
                bench.told("base", FactCase.SAMPLES_READY).getFirst().getSamplesReady();
        assertThat(ready.getRequestId()).isEqualTo("r");
        assertThat(ready.getSamplesList()).extracting(Sample::getSeed).containsExactly(9L, 10L);
        bench.store().verify(Wire.stored(ready.getSamples(1).getImage()));
    }

    @Test
    void drawsSamplesOfACheckpointItBringsBackFromTheStore() throws Exception {
        CommitLog log = CommitLog.open(bench.store(), "runs/trained/");
        byte[] weights = "weights".getBytes(StandardCharsets.UTF_8);
        log.append(
                Kind.CHECKPOINT,
                7,
                1,
                "fake",
                "digest-of-7",
                List.of(bench.store().put("checkpoints/trained/step-7-digest/unet/weights", weights)));

        draw(samples("trained", 7, "ddim"));

        assertThat(bench.told("trained", FactCase.SAMPLES_READY)
                        .getFirst()
                        .getSamplesReady()
                        .getStep())
                .isEqualTo(7);
        assertThat(directory.resolve("work/checkpoints/cpu-0/trained/digest-of-7/unet/weights"))
                .hasBinaryContent(weights);
    }

    @Test
    void failsARequestForACheckpointThatDoesNotExist() throws Exception {
        draw(samples("untrained", 7, "ddim"));

        assertThat(reason("untrained")).contains("no checkpoint of step 7");
    }

    @Test
    void failsARequestForASamplerThatDoesNotExist() throws Exception {
        draw(samples("unknown-sampler", 0, "magic"));

        assertThat(reason("unknown-sampler")).contains("Cannot use sampler magic");
    }

    private static void draw(GenerationRequest request) throws InterruptedException {
        try (Device device = FakeDevice.start(directory);
                Device.Turn turn = device.takeTurn(Duration.ofSeconds(1)).orElseThrow()) {
            assertThat(new DrawPictures(node).work(request, turn, TestShift.endless()))
                    .isEqualTo(new Outcome.Done());
        }
    }

    private static GenerationRequest group(String run, String prompt, int index) {
        return request(run)
                .setClassImages(ClassImageGroup.newBuilder()
                        .setClassPrompt(prompt)
                        .setGroupIndex(index)
                        .setGroupSize(3)
                        .setSampling(sampling("ddim")))
                .build();
    }

    private static GenerationRequest samples(String run, long step, String sampler) {
        return request(run)
                .setSamples(SampleRequest.newBuilder()
                        .setCheckpointStep(step)
                        .addPrompts("a")
                        .addPrompts("b")
                        .setSeed(9)
                        .setSampling(sampling(sampler)))
                .build();
    }

    private static GenerationRequest.Builder request(String run) {
        return GenerationRequest.newBuilder()
                .setRunId(run)
                .setRequestId("r")
                .setBaseModel("toy")
                .setBaseModelDigest(node.models().model("toy").digest());
    }

    private static Sampling sampling(String sampler) {
        return Sampling.newBuilder()
                .setSampler(sampler)
                .setInferenceSteps(2)
                .setGuidanceScale(1)
                .setWidth(8)
                .setHeight(8)
                .build();
    }

    private static ClassImagesReady classImages(String run) throws Exception {
        return bench.told(run, FactCase.CLASS_IMAGES_READY).getFirst().getClassImagesReady();
    }

    private static String reason(String run) throws Exception {
        return bench.told(run, FactCase.WORK_FAILED).getFirst().getWorkFailed().getReason();
    }
}
