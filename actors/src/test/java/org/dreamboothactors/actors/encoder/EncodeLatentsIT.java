package org.dreamboothactors.actors.encoder;

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
import org.dreamboothactors.protocol.v1.CachedLatent;
import org.dreamboothactors.protocol.v1.LatentRequest;
import org.dreamboothactors.protocol.v1.LatentsCached;
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
