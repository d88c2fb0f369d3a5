package org.dreamboothactors.actors.encoder;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.dreamboothactors.actors.device.Device;
import org.dreamboothactors.actors.device.FakeDevice;
import org.dreamboothactors.actors.work.Node;
import org.dreamboothactors.actors.work.NodeBench;
import org.dreamboothactors.actors.work.Outcome;
import org.dreamboothactors.actors.work.TestShift;
import org.dreamboothactors.diffusion.weights.pickle.LatentFile;
import org.dreamboothactors.protocol.Events;
import org.dreamboothactors.protocol.Wire;
import org.dreamboothactors.protocol.v1.CachedLatent;
import org.dreamboothactors.protocol.v1.EraseRequested;
import org.dreamboothactors.protocol.v1.LatentRequest;
import org.dreamboothactors.protocol.v1.LatentsCached;
import org.dreamboothactors.protocol.v1.RunCancelled;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.protocol.v1.RunEvent.FactCase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class EncodeLatentsIT {
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
    void encodesEveryImageOnceWhateverRunAsks() throws Exception {
        assertThat(encode(request("first", "tenant/t", "one", "two"))).isEqualTo(new Outcome.Done());
        assertThat(encode(request("second", "tenant/t", "two", "three"))).isEqualTo(new Outcome.Done());

        LatentsCached first = told("first").getFirst();
        LatentsCached second = told("second").getFirst();
        assertThat(List.of(first.getEncoded(), first.getReused())).containsExactly(2, 0);
        assertThat(List.of(second.getEncoded(), second.getReused())).containsExactly(1, 1);
        assertThat(second.getLatents(0)).isEqualTo(first.getLatents(1));
        for (CachedLatent latent : second.getLatentsList()) {
            bench.store().verify(Wire.stored(latent.getMoments()));
        }
    }

    @Test
    void sharesNoPhotoBetweenTenants() throws Exception {
        encode(request("mine", "tenant/mine", "a"));
        encode(request("yours", "tenant/yours", "a"));

        assertThat(told("yours").getFirst().getEncoded()).isEqualTo(1);
        assertThat(told("yours").getFirst().getLatents(0).getMoments().getKey()).startsWith("latents/tenant/yours/");
    }

    @Test
    void tellsTheSameWhenARecordComesTwice() throws Exception {
        encode(request("twice", "tenant/twice", "a"));
        encode(request("twice", "tenant/twice", "a"));

        List<RunEvent> told = bench.told("twice", FactCase.LATENTS_CACHED);
        assertThat(told).extracting(RunEvent::getEventId).containsExactly("latents-cached-r", "latents-cached-r");
        assertThat(told("twice").get(1).getLatentsList())
                .isEqualTo(told("twice").get(0).getLatentsList());
    }

    @Test
    void failsTheRunWhenTheModelIsNotTheOneItWasAcceptedFor() throws Exception {
        LatentRequest request = request("other-model", "tenant/t", "a").toBuilder()
                .setBaseModelDigest("another")
                .build();

        assertThat(encode(request)).isEqualTo(new Outcome.Done());
        assertThat(bench.told("other-model", FactCase.WORK_FAILED)
                        .getFirst()
                        .getWorkFailed()
                        .getReason())
                .contains("expected another");
    }

    @Test
    void leavesWorkForAModelItDoesNotHaveToOthers() throws Exception {
        LatentRequest request = request("no-model", "tenant/t", "a").toBuilder()
                .setBaseModel("unknown")
                .build();

        assertThat(encode(request)).isInstanceOf(Outcome.Again.class);
    }

    @Test
    void takesOverLatentsThatWereGivenAndEncodesNothing() throws Exception {
        LatentFile moments = moments(32, 0.5f);

        assertThat(encode(given("given", moments, moments(32, -1)))).isEqualTo(new Outcome.Done());

        LatentsCached told = told("given").getFirst();
        assertThat(List.of(told.getEncoded(), told.getReused(), told.getLatentsCount()))
                .containsExactly(0, 2, 2);
        Path fetched = directory.resolve("fetched.safetensors");
        bench.store().fetch(Wire.stored(told.getLatents(0).getMoments()), fetched);
        assertThat(LatentFile.readSafetensors(fetched).moments()).containsExactly(moments.moments());
    }

    @Test
    void failsTheRunWhoseGivenLatentsAreOfAnotherResolution() throws Exception {
        assertThat(encode(given("other-size", moments(32, 1), moments(16, 1)))).isEqualTo(new Outcome.Done());

        assertThat(reason("other-size")).contains("given latents 2 of 2", "(8, 16, 16)", "expected (8, 32, 32)");
        assertThat(told("other-size").getFirst().getLatentsCount()).isEqualTo(1); // or it could not be erased
    }

    @Test
    void tellsOfLatentsThatNobodyToldOfWhenTheRunHasEnded() throws Exception {
        encode(request("quick", "tenant/t", "ended"));
        end("slow", event -> event.setCancelled(RunCancelled.getDefaultInstance()));

        assertThat(encode(request("slow", "tenant/t", "ended", "not encoded"))).isEqualTo(new Outcome.Done());
        assertThat(encode(request("slow", "class", "ended"))).isEqualTo(new Outcome.Done());

        assertThat(told("slow")).hasSize(1);
        assertThat(told("slow").getFirst().getLatentsList())
                .extracting(CachedLatent::getMoments)
                .containsExactly(told("quick").getFirst().getLatents(0).getMoments());
    }

    @Test
    void leavesNothingThatWasStoredForARunWhichIsErased() throws Exception {
        end("gone", event -> event.setEraseRequested(EraseRequested.getDefaultInstance()));
        List.of("runs/gone/log/0", "checkpoints/gone/step-1/unet", "samples/gone/1.png", "runs/gone-2/log/0")
                .forEach(key -> bench.store().put(key, new byte[1]));

        encode(request("gone", "tenant/t", "a"));

        assertThat(bench.store().list("runs/")).containsExactly("runs/gone-2/log/0");
        assertThat(bench.store().list("checkpoints/")).isEmpty();
        assertThat(bench.store().list("samples/")).isEmpty();
    }

    private static void end(String run, UnaryOperator<RunEvent.Builder> how) throws InterruptedException {
        bench.facts().tell(how.apply(Events.event(run, "end")).build());
        while (!bench.ended().contains(run)) { // the test's time is limited
            Thread.sleep(20);
        }
    }

    @Test
    void failsTheRunWhoseGivenLatentsAreNoLatents() throws Exception {
        LatentRequest request = request("no-latents", "tenant/t").toBuilder()
                .addGiven(Wire.message(bench.store().put("uploads/t/x", new byte[] {'P', 'K', 3, 4})))
                .build();

        assertThat(encode(request)).isEqualTo(new Outcome.Done());

        assertThat(reason("no-latents")).contains("Cannot");
        assertThat(told("no-latents")).isEmpty();
    }

    private static LatentRequest given(String run, LatentFile... latents) throws IOException {
        LatentRequest.Builder request = request(run, "tenant/t").toBuilder();
        for (LatentFile latent : latents) {
            Path file = directory.resolve(run + request.getGivenCount() + ".pt");
            latent.write(file);
            request.addGiven(Wire.message(bench.store().putBlob("uploads/t/", file)));
        }
        return request.build();
    }

    private static LatentFile moments(int side, float number) {
        float[] numbers = new float[8 * side * side];
        Arrays.fill(numbers, number);
        return new LatentFile(new Shape(8, side, side), numbers);
    }

    private static String reason(String run) throws Exception {
        return bench.told(run, FactCase.WORK_FAILED).getFirst().getWorkFailed().getReason();
    }

    private static Outcome encode(LatentRequest request) throws InterruptedException {
        try (Device device = FakeDevice.start(directory);
                Device.Turn turn = device.takeTurn(Duration.ofSeconds(1)).orElseThrow()) {
            return new EncodeLatents(node).work(request, turn, TestShift.endless());
        }
    }

    private static LatentRequest request(String run, String scope, String... images) {
        LatentRequest.Builder request = LatentRequest.newBuilder()
                .setRunId(run)
                .setRequestId("r")
                .setBaseModel("toy")
                .setBaseModelDigest(node.models().model("toy").digest())
                .setScope(scope)
                .setResolution(64)
                .setCenterCrop(true);
        for (String image : images) {
            byte[] png = image.getBytes(StandardCharsets.UTF_8);
            request.addImages(Wire.message(bench.store().put("photos/" + image, png)));
        }
        return request.build();
    }

    private static List<LatentsCached> told(String run) throws Exception {
        return bench.told(run, FactCase.LATENTS_CACHED).stream()
                .map(RunEvent::getLatentsCached)
                .toList();
    }
}
