package org.dreamboothactors.deploy.local;

import java.net.BindException;
import java.net.URI;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.dreamboothactors.actors.DreamBoothService;
import org.dreamboothactors.actors.ServiceSettings;
import org.dreamboothactors.actors.device.DeviceName;
import org.dreamboothactors.embedded.EmbeddedKafka;
import org.dreamboothactors.embedded.EmbeddedS3;
import org.dreamboothactors.protocol.KafkaConnection;
import org.dreamboothactors.storage.ArtifactStore;
import org.dreamboothactors.storage.StoreSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The service in this process, with a broker and a store of its own where the settings name no others. */
public final class LocalService implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LocalService.class);
    private static final int LARGEST_PORT = 65535;

    private final Deque<AutoCloseable> parts;
    private final Connection connection;

    private LocalService(Deque<AutoCloseable> parts, Connection connection) {
        this.parts = parts;
        this.connection = connection;
    }

    /**
     * Returns when work is accepted and the connection file is written.
     *
     * @param data stays the caller's to close, afterwards
     * @param tell hears a line for each thing that is there, as soon as it is
     */
    public static LocalService start(
            Places places, Configuration configuration, DataDirectory data, Consumer<String> tell) {
        refuseWrongSettings(places, configuration, data);
        Deque<AutoCloseable> parts = new ConcurrentLinkedDeque<>();
        try {
            StoreSettings store;
            KafkaPlace kafka;
            // Both at once: each takes seconds, mostly of loading classes. Closing waits, also when the broker fails.
            try (ExecutorService beside = Executors.newSingleThreadExecutor()) {
                Future<StoreSettings> starting = beside.submit(() -> store(places, data, parts, tell));
                kafka = kafka(places, data, parts, tell);
                store = started(starting);
            }
            ServiceSettings settings = configuration.service(kafka.connection(), store, data.work());
            DreamBoothService service = DreamBoothService.start(settings);
            parts.push(service);
            Connection connection =
                    new Connection(kafka, store, Optional.of(service.dashboard()), configuration.baseModels());
            connection.write(data.connectionFile());
            // First of all to go: where the file is, a service answers.
            parts.push(() -> Files.deleteIfExists(data.connectionFile()));
            String devices =
                    settings.devices().stream().map(DeviceName::toString).collect(Collectors.joining(", "));
            tell.accept("Devices     " + devices + ", " + settings.threadsPerDevice() + " threads each");
            configuration.notes().forEach(tell);
            configuration
                    .baseModels()
                    .forEach((name, folder) -> tell.accept("Base model  " + name + " in " + folder
                            + (name.equals(settings.defaultBaseModel()) ? " (default)" : "")));
            return new LocalService(parts, connection);
        } catch (RuntimeException e) {
            close(parts);
            throw e;
        }
    }

    public Connection connection() {
        return connection;
    }

    /** Lets work in progress come to a good end and stops everything that was started. */
    @Override
    public void close() {
        close(parts);
    }

    /** Before anything is started: a typing mistake need not cost the start of a broker. */
    private static void refuseWrongSettings(Places places, Configuration configuration, DataDirectory data) {
        places.settings().number("kafka-port", 0, LARGEST_PORT);
        places.settings().number("s3-port", 0, LARGEST_PORT);
        Credentials none = new Credentials("", "");
        URI anywhere = places.s3Endpoint().orElse(URI.create("http://127.0.0.1"));
        places.kafka().ifPresent(KafkaPlace::connection);
        configuration.service(
                KafkaConnection.plain(""),
                places.store(anywhere, places.credentials().orElse(none)),
                data.work());
    }

    private static StoreSettings started(Future<StoreSettings> starting) {
        try {
            return starting.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException("Cannot start the S3 store: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Cannot start the S3 store: interrupted", e);
        }
    }

    private static StoreSettings store(
            Places places, DataDirectory data, Deque<AutoCloseable> parts, Consumer<String> tell) {
        if (places.s3Endpoint().isPresent()) {
            StoreSettings others = places.storeOfOthers(places.s3Endpoint().get());
            tell.accept("S3 store    " + others.endpoint() + ", bucket " + others.bucket());
            return others;
        }
        Credentials keys = places.credentials().orElseGet(() -> Credentials.keptIn(data.credentialsFile()));
        KeptPort kept = new KeptPort(data.storePortFile());
        int wanted = places.settings().number("s3-port", 0, LARGEST_PORT);
        int port = wanted == 0 ? kept.last() : wanted;
        EmbeddedS3 server = started(
                "S3 store",
                "s3-port",
                port,
                () -> EmbeddedS3.start(data.store(), port, keys.accessKey(), keys.secretKey()));
        parts.push(server);
        kept.keep(server.endpoint().getPort());
        StoreSettings own = places.store(server.endpoint(), keys);
        try (ArtifactStore store = ArtifactStore.openOrCreate(own)) {
            store.abortUnfinishedUploads(Duration.ZERO); // nobody uploads yet: these are of a process that died
        }
        tell.accept("S3 store    " + own.endpoint() + ", bucket " + own.bucket() + ", in " + data.store());
        return own;
    }

    private static KafkaPlace kafka(
            Places places, DataDirectory data, Deque<AutoCloseable> parts, Consumer<String> tell) {
        if (places.kafka().isPresent()) {
            KafkaPlace others = places.kafka().get();
            tell.accept("Kafka       " + others.bootstrapServers()
                    + others.config().map(file -> ", as " + file + " says").orElse(""));
            return others;
        }
        int port = places.settings().number("kafka-port", 0, LARGEST_PORT);
        EmbeddedKafka broker =
                started("Kafka broker", "kafka-port", port, () -> EmbeddedKafka.start(data.kafka(), port));
        parts.push(broker);
        tell.accept("Kafka       " + broker.bootstrapServers() + ", in " + data.kafka());
        return new KafkaPlace(broker.bootstrapServers(), Optional.empty());
    }

    /** Says which setting helps when a port is taken. */
    private static <T> T started(String what, String setting, int port, Supplier<T> start) {
        try {
            return start.get();
        } catch (RuntimeException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof BindException) {
                    throw new IllegalStateException(
                            "Cannot start the " + what + ": port " + (port == 0 ? "of its last start" : port)
                                    + " is in use, expected a free one. Stop who uses it, or give --set " + setting
                                    + "=PORT with another",
                            e);
                }
            }
            throw e;
        }
    }

    private static void close(Deque<AutoCloseable> parts) {
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (Exception e) { // close() of AutoCloseable declares no narrower type
                LOG.warn("Cannot stop a part of the service in order", e);
            }
        }
    }
}
