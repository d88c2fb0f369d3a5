package org.dreamboothactors.embedded;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;

/**
 * A Kafka broker and controller in this JVM, with transactions and share groups.
 *
 * <p>For one machine and for tests: one node, no replicas, no authentication, loopback only. It may be killed at any
 * time; started again on the same directory it keeps its data and its ports. The only class that touches the
 * broker's internal API.
 */
public final class EmbeddedKafka implements AutoCloseable {
    private static final int NODE_ID = 1;
    private static final int SESSION_MILLIS = 10_000;
    private static final String LISTENER = "127.0.0.1";

    private final KafkaRaftServer server;
    private final int port;

    private EmbeddedKafka(KafkaRaftServer server, int port) {
        this.server = server;
        this.port = port;
    }

    /**
     * Starts a broker and waits until it serves.
     *
     * @param directory of its data; made and formatted when it is new
     * @param port to listen on; 0 takes the port of the last start in this directory, or a free one
     */
    public static EmbeddedKafka start(Path directory, int port) {
        return start(directory, port, 0);
    }

    /**
     * The same behind something that passes connections on.
     *
     * @param advertised port of this machine that clients are told to connect to; 0: the broker's own
     */
    public static EmbeddedKafka start(Path directory, int port, int advertised) {
        return start(directory, port, settings -> {
            if (advertised != 0) {
                settings.put("advertised.listeners", "PLAINTEXT://" + LISTENER + ":" + advertised);
            }
        });
    }

    /** The same with other settings of the broker; for tests of what clients meet at clusters of others. */
    static EmbeddedKafka start(Path directory, int port, Consumer<Map<String, Object>> change) {
        try {
            Files.createDirectories(directory);
            Ports ports = Ports.choose(directory, port);
            Map<String, Object> settings = settings(directory.resolve("log"), ports);
            change.accept(settings);
            if (!Files.exists(directory.resolve("log").resolve("meta.properties"))) {
                format(directory.resolve("log"));
            }
            KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(settings), Time.SYSTEM);
            server.startup();
            return new EmbeddedKafka(server, ports.broker());
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot start Kafka in " + directory + ": " + e.getMessage(), e);
        }
    }

    /** {@code host:port} for clients. */
    public String bootstrapServers() {
        return LISTENER + ":" + port;
    }

    /** Stops the broker and waits until it has. */
    @Override
    public void close() {
        server.shutdown();
        server.awaitShutdown();
    }

    private static void format(Path log) throws IOException {
        Formatter formatter = new Formatter()
                .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                .setNodeId(NODE_ID)
                .setClusterId(Uuid.randomUuid().toString())
                .setControllerListenerName("CONTROLLER")
                .setMetadataLogDirectory(log.toString())
                .addDirectory(log.toString());
        try {
            formatter.run();
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException("Cannot format " + log + ": " + e.getMessage(), e);
        }
    }

    private static Map<String, Object> settings(Path log, Ports ports) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("process.roles", "broker,controller");
        settings.put("node.id", NODE_ID);
        settings.put("controller.quorum.voters", NODE_ID + "@" + LISTENER + ":" + ports.controller());
        settings.put(
                "listeners",
                "PLAINTEXT://" + LISTENER + ":" + ports.broker() + ",CONTROLLER://" + LISTENER + ":"
                        + ports.controller());
        settings.put("advertised.listeners", "PLAINTEXT://" + LISTENER + ":" + ports.broker());
        settings.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        settings.put("controller.listener.names", "CONTROLLER");
        settings.put("log.dirs", log.toString());
        // One node: nothing can be replicated, and few partitions of the internal topics start faster.
        for (String topic : List.of("offsets.topic", "transaction.state.log", "share.coordinator.state.topic")) {
            settings.put(topic + ".replication.factor", (short) 1);
            settings.put(topic + ".num.partitions", 3);
        }
        settings.put("transaction.state.log.min.isr", 1);
        settings.put("share.coordinator.state.topic.min.isr", (short) 1);
        settings.put("group.initial.rebalance.delay.ms", 0);
        settings.put("auto.create.topics.enable", false);
        settings.put("log.cleaner.dedupe.buffer.size", 2_097_152L); // the default of 128 MB is heap
        settings.put("group.consumer.heartbeat.interval.ms", 1_000);
        settings.put("group.consumer.min.heartbeat.interval.ms", 500);
        // A node that was killed is missed for so long; the default is 45 s. One that only slept comes back.
        settings.put("group.consumer.min.session.timeout.ms", SESSION_MILLIS);
        settings.put("group.consumer.session.timeout.ms", SESSION_MILLIS);
        settings.put("group.share.min.session.timeout.ms", SESSION_MILLIS);
        settings.put("group.share.session.timeout.ms", SESSION_MILLIS);
        settings.put("group.share.heartbeat.interval.ms", 1_000);
        settings.put("group.share.min.heartbeat.interval.ms", 500);
        settings.put("group.share.min.record.lock.duration.ms", 1_000); // tests shorten the lock of their group
        settings.put("group.share.delivery.count.limit", 10);
        return settings;
    }

    /** The two ports of a node; remembered, so that a restart is reached by clients that are still there. */
    private record Ports(int broker, int controller) {
        static Ports choose(Path directory, int wanted) throws IOException {
            Path memory = directory.resolve("ports");
            if (Files.exists(memory)) {
                List<String> lines = Files.readAllLines(memory);
                Ports last = new Ports(Integer.parseInt(lines.get(0)), Integer.parseInt(lines.get(1)));
                if ((wanted == 0 || wanted == last.broker()) && last.areFree()) {
                    return last;
                }
                return free(wanted == 0 ? last.broker() : wanted).kept(memory);
            }
            return free(wanted).kept(memory);
        }

        /** A broker that finds one taken ends the process. */
        private boolean areFree() {
            try (ServerSocket _ = socket(broker);
                    ServerSocket _ = socket(controller)) {
                return true;
            } catch (IOException _) {
                return false;
            }
        }

        private Ports kept(Path memory) throws IOException {
            Path fresh = memory.resolveSibling("ports.new");
            Files.writeString(fresh, broker + "\n" + controller + "\n");
            Files.move(fresh, memory, StandardCopyOption.ATOMIC_MOVE);
            return this;
        }

        private static Ports free(int wanted) throws IOException {
            try (ServerSocket broker = socket(wanted);
                    ServerSocket controller = socket(0)) {
                return new Ports(broker.getLocalPort(), controller.getLocalPort());
            }
        }

        private static ServerSocket socket(int port) throws IOException {
            return new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
        }
    }
}
