package org.dreamboothactors.actors.work;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.dreamboothactors.actors.device.FakeDevice;
import org.dreamboothactors.protocol.Events;
import org.dreamboothactors.protocol.Topics;
import org.dreamboothactors.protocol.v1.LatentRequest;
import org.dreamboothactors.protocol.v1.LatentsCached;
import org.dreamboothactors.protocol.v1.RunEvent.FactCase;
import org.dreamboothactors.protocol.v1.RunRequested;
import org.dreamboothactors.protocol.v1.SubjectUpload;
import org.dreamboothactors.protocol.v1.WorkRequested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class DeadLettersIT {
    @TempDir
    Path folder = Path.of("");

    @Test
    void workThatIsStillWaitedForFailsAndNothingElse() throws Exception {
        try (NodeBench bench = new NodeBench(folder)) {
            Node node = bench.node(FakeDevice.model(folder.resolve("model")));
            asked(bench, "waiting");
            asked(bench, "answered");
            bench.facts()
                    .tell(Events.event("answered", "latents-cached")
                            .setLatentsCached(LatentsCached.newBuilder().setRequestId("latents"))
                            .build());
            await(bench, "waiting", true);
            await(bench, "answered", false);
            letter(bench, "p", "this is no protobuf".getBytes(UTF_8));
            letter(bench, "answered", request("answered"));
            letter(bench, "waiting", request("waiting"));

            try (DeadLetters _ = new DeadLetters(bench.kafka(), bench.ended(), List.of(kind(node)))) {
                bench.awaitTold("waiting", FactCase.WORK_FAILED, 1);
            }
            assertThat(bench.told("waiting", FactCase.WORK_FAILED))
                    .singleElement()
                    .satisfies(event -> {
                        assertThat(event.getWorkFailed().getRequestId()).isEqualTo("latents");
                        assertThat(event.getWorkFailed().getReason()).contains("was given out 10 times");
                    });
            assertThat(bench.told("answered", FactCase.WORK_FAILED)).isEmpty();

            letter(bench, "waiting", request("waiting")); // failed by now
            asked(bench, "next");
            await(bench, "next", true);
            letter(bench, "next", request("next"));
            try (DeadLetters _ = new DeadLetters(bench.kafka(), bench.ended(), List.of(kind(node)))) {
                bench.awaitTold("next", FactCase.WORK_FAILED, 1);
            }
            assertThat(bench.told("waiting", FactCase.WORK_FAILED)).hasSize(1);
        }
    }

    private static DeadLetters.Kind<LatentRequest> kind(Node node) {
        return new DeadLetters.Kind<>(
                Topics.LATENT_CACHE,
                LatentRequest.parser(),
                LatentRequest::getRunId,
                LatentRequest::getRequestId,
                (request, reason) ->
                        node.fail(request.getRunId(), Topics.LATENT_CACHE, request.getRequestId(), reason));
    }

    private static void asked(NodeBench bench, String run) {
        bench.facts()
                .tell(Events.event(run, "requested")
                        .setRequested(RunRequested.newBuilder()
                                .setUpload(
                                        SubjectUpload.newBuilder().setRunId(run).setTenant("ann")))
                        .build());
        bench.facts()
                .tell(Events.event(run, "work-requested")
                        .setWorkRequested(WorkRequested.newBuilder()
                                .setTopic(Topics.LATENT_CACHE)
                                .addRequestIds("latents"))
                        .build());
    }

    private static void await(NodeBench bench, String run, boolean awaited) throws Exception {
        assertThat(bench.ended().awaitHistory(Duration.ofSeconds(30))).isTrue();
        Instant deadline = Instant.now().plusSeconds(30);
        while (bench.ended().awaits(run, Topics.LATENT_CACHE, "latents") != awaited) {
            assertThat(Instant.now()).isBefore(deadline);
            Thread.sleep(20);
        }
    }

    private static byte[] request(String run) {
        return LatentRequest.newBuilder()
                .setRunId(run)
                .setRequestId("latents")
                .build()
                .toByteArray();
    }

    private static void letter(NodeBench bench, String key, byte[] value) throws Exception {
        try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bench.servers()), new StringSerializer(), new ByteArraySerializer())) {
            var _ = producer.send(new ProducerRecord<>(Topics.deadLetters(Topics.LATENT_CACHE), key, value))
                    .get();
        }
    }
}
