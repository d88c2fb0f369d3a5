package org.dreamboothactors.actors;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.dreamboothactors.actors.device.DeviceName;
import org.dreamboothactors.actors.intake.photo.Photos;
import org.dreamboothactors.actors.turns.TenantLimits;
import org.dreamboothactors.diffusion.RandomModel;
import org.dreamboothactors.embedded.EmbeddedKafka;
import org.dreamboothactors.embedded.EmbeddedS3;
import org.dreamboothactors.protocol.DreamBoothClient;
import org.dreamboothactors.protocol.KafkaConnection;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.protocol.v1.RunEvent.FactCase;
import org.dreamboothactors.protocol.v1.RunSpec;
import org.dreamboothactors.storage.ArtifactStore;
import org.dreamboothactors.storage.StoreSettings;

/** A whole service with a tiny model, and a client of it. */
final class ServiceBench implements AutoCloseable {
    static final String TOKEN = "secret-token";
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Path directory;
    private final EmbeddedKafka kafka;
    private final EmbeddedS3 s3;
    private final DreamBoothService service;
    private final DreamBoothClient client;

    ServiceBench(Path directory, List<String> devices, TenantLimits limits) throws IOException {
        this.directory = directory;
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
                KafkaConnection.plain(kafka.bootstrapServers()),
                store,
                directory.resolve("work"),
                Map.of("toy", model),
                Map.of("toy", Path.of("../judge")),
                "toy",
                devices.stream().map(DeviceName::parse).toList(),
                1,
                4,
                Duration.ofHours(1),
                Duration.ofHours(1),
                Duration.ofSeconds(10),
                limits,
                "127.0.0.1",
                List.of(),
                0,
                TOKEN));
        client = DreamBoothClient.connect(kafka.bootstrapServers(), store);
    }

    URI dashboard() {
        return service.dashboard();
    }

    void submit(String tenant, String run, RunSpec spec) {
        List<Path> photos =
                Stream.of("0.png", "1.png", "2.png").map(directory::resolve).toList();
        client.submit(run, tenant, photos, spec);
    }

    /** What is no message of the topic. */
    void sendGarbage(String topic) throws Exception {
        try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new StringSerializer(),
                new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(topic, "garbage", new byte[] {1, 2, 3}))
                    .get(30, TimeUnit.SECONDS);
        }
    }

    void cancel(String run) {
        client.cancel(run, "enough");
    }

    void await(String run, Predicate<RunEvent> wanted) {
        awaitAny(List.of(run), wanted);
    }

    void awaitAny(List<String> runs, Predicate<RunEvent> wanted) {
        Instant deadline = Instant.now().plus(PATIENCE);
        while (of(runs).stream().noneMatch(wanted)) {
            if (Instant.now().isAfter(deadline)) {
                throw new AssertionError("What was awaited of " + runs + " did not come: " + of(runs));
            }
        }
    }

    List<RunEvent> told(String run, FactCase fact) {
        return of(List.of(run)).stream()
                .filter(event -> event.getFactCase() == fact)
                .toList();
    }

    RunEvent first(String run, FactCase fact) {
        return told(run, fact).getFirst();
    }

    private List<RunEvent> of(List<String> runs) {
        List<RunEvent> events = new ArrayList<>();
        runs.forEach(run -> client.replay(run, events::add));
        return events;
    }

    @Override
    public void close() {
        client.close();
        service.close();
        s3.close();
        kafka.close();
    }
}
