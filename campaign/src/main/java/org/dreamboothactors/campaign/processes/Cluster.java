package org.dreamboothactors.campaign.processes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.dreamboothactors.campaign.network.Door;
import org.dreamboothactors.campaign.network.Link;
import org.dreamboothactors.campaign.network.Scissors;
import org.dreamboothactors.deploy.Main;
import org.dreamboothactors.storage.ArtifactStore;
import org.dreamboothactors.storage.StoreSettings;

/**
 * A service of separate processes: a broker, a store, a node that only coordinates, and two nodes that also work with a
 * device each. All ways between nodes and servers lead through doors that can be closed.
 */
public final class Cluster implements AutoCloseable {
    private static final int STORE_MEGABYTES = 1024;
    private static final int NODE_MEGABYTES = 256;
    private static final String BUCKET = "dreambooth";
    private static final String ACCESS = "campaign";
    private static final String SECRET = "campaign-secret";
    private static final List<String> JVM = List.of(
            "-Xmx512m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Djava.awt.headless=true");

    private final Plot plot;
    private final Jvm broker;
    private final Jvm store;
    private final ReservedPort brokersPort = ReservedPort.find();
    private final ReservedPort storesPort = ReservedPort.find();
    private final Door brokerDoor;
    private final Door storeDoor;
    private final StoreSettings behindDoor;
    private final SmallDisks disks = new SmallDisks();
    private final Map<NodeName, Jvm> nodes = new EnumMap<>(NodeName.class);
    private final Map<String, WallClock> clocks = new HashMap<>();

    private Cluster(Plot plot) throws IOException {
        this.plot = plot;
        int brokerPort = brokersPort.number();
        int storePort = storesPort.number();
        StoreSettings own = store(storePort);
        brokerDoor = Door.before(brokerPort, this::processes, (_, _) -> {});
        storeDoor = Door.before(storePort, this::processes, plot.storeRequests(own));
        behindDoor = store(storeDoor.port());
        broker = server(
                "broker", List.of(folder("kafka"), Integer.toString(brokerPort), Integer.toString(brokerDoor.port())));
        store = server("store", List.of(folder("s3"), Integer.toString(storePort), ACCESS, SECRET));
        for (NodeName name : NodeName.values()) {
            nodes.put(name, program(name));
        }
    }

    /** Starts everything and waits until all of it is ready. */
    public static Cluster start(Plot plot) {
        try {
            Cluster cluster = new Cluster(plot);
            try {
                cluster.startAll();
                return cluster;
            } catch (RuntimeException e) {
                cluster.close();
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot start the cluster: " + e.getMessage(), e);
        }
    }

    private void startAll() {
        if (disksCanBeFilled()) {
            disks.put(storeFolder(), STORE_MEGABYTES);
            disks.put(data(NodeName.NORTH), NODE_MEGABYTES);
            disks.put(data(NodeName.SOUTH), NODE_MEGABYTES);
        }
        broker.start();
        store.start();
        broker.awaitReady();
        store.awaitReady();
        ArtifactStore.openOrCreate(behindDoor).close();
        new ShareLocks(bootstrapServers()).last(plot.lock());
        awaitReady();
    }

    /** Starts what does not run and waits until all of it is ready. */
    public void awaitReady() {
        List<Jvm> all = new ArrayList<>(List.of(broker, store));
        all.addAll(nodes.values());
        all.forEach(Jvm::start);
        all.forEach(Jvm::awaitReady);
    }

    /** Whether the files of nodes and store lie on file systems of their own. */
    public static boolean disksCanBeFilled() {
        return SmallDisks.arePossible();
    }

    /** Whether processes can be shown another wall clock. */
    public static boolean clocksCanJump() {
        return WallClock.installed().isPresent();
    }

    /** Sets the wall clock of broker, store or a node off the machine's, where that is possible. */
    public void clock(String name, Duration off) {
        Optional.ofNullable(clocks.get(name)).ifPresent(clock -> clock.off(off));
    }

    public String bootstrapServers() {
        return "127.0.0.1:" + brokerDoor.port();
    }

    /** The store, through its door. */
    public StoreSettings storeSettings() {
        return behindDoor;
    }

    public Jvm broker() {
        return broker;
    }

    public Jvm store() {
        return store;
    }

    public Jvm node(NodeName name) {
        return Optional.ofNullable(nodes.get(name)).orElseThrow();
    }

    /** Data of a node. */
    public Path data(NodeName name) {
        return plot.folder().resolve(name.text());
    }

    /** Where the store keeps its objects. */
    public Path storeFolder() {
        return plot.folder().resolve("s3");
    }

    /** Child processes of a node that own a device. */
    public List<ProcessHandle> children(NodeName name) {
        return node(name).family().stream()
                .skip(1)
                .filter(child -> Commands.of(child.pid()).contains("DeviceMain"))
                .toList();
    }

    /** The node's ways to broker and store. */
    public void link(NodeName name, Link link) {
        brokerDoor.link(name.text(), link);
        storeDoor.link(name.text(), link);
    }

    /** Ends the connections between the two nodes with devices and their children. Returns how many there were. */
    public int cutBetweenNodes() {
        return Scissors.cutBetween(family(NodeName.NORTH), family(NodeName.SOUTH));
    }

    private List<Long> family(NodeName name) {
        return node(name).family().stream().map(ProcessHandle::pid).toList();
    }

    /** Names by the process that has them now. */
    private Map<Long, String> processes() {
        Map<Long, String> processes = new HashMap<>();
        nodes.forEach((name, jvm) -> jvm.pid().ifPresent(pid -> processes.put(pid, name.text())));
        return processes;
    }

    private Jvm server(String what, List<String> arguments) {
        List<String> command = new ArrayList<>(JVM);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), ServerMain.class.getName(), what));
        command.addAll(arguments);
        return new Jvm(what, plot.folder().resolve("logs"), "Ready", command, clock(what));
    }

    /** What a process is started with to see a wall clock of its own. */
    private Map<String, String> clock(String name) {
        WallClock.installed()
                .ifPresent(library -> clocks.put(
                        name,
                        new WallClock(library, plot.folder().resolve("clocks").resolve(name))));
        return Optional.ofNullable(clocks.get(name)).map(WallClock::environment).orElse(Map.of());
    }

    private Jvm program(NodeName name) {
        List<String> command = new ArrayList<>(JVM);
        command.add("-Ddreambooth.home=" + plot.folder());
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(plot.launcher().isEmpty() ? List.of(Main.class.getName()) : plot.launcher());
        command.addAll(List.of(
                "serve",
                "--base-model",
                plot.model().toString(),
                "--data-dir",
                folder(name.text()),
                "--bootstrap-servers",
                bootstrapServers(),
                "--s3-endpoint",
                behindDoor.endpoint().toString(),
                "--set",
                "devices=" + name.device(),
                "--set",
                "threads-per-device=1",
                "--set",
                "train-slice=" + plot.slice().toSeconds() + "s",
                "--set",
                "max-commit-interval=200ms"));
        Map<String, String> environment = new HashMap<>(clock(name.text()));
        environment.put("DREAMBOOTH_S3_ACCESS_KEY", ACCESS);
        environment.put("DREAMBOOTH_S3_SECRET_KEY", SECRET);
        environment.put("OMP_WAIT_POLICY", "PASSIVE");
        // For child processes too: compiling twice costs more than it gains in so short a life.
        environment.put("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1");
        return new Jvm(name.text(), plot.folder().resolve("logs"), "Ready.", command, environment);
    }

    private String folder(String name) {
        return plot.folder().resolve(name).toString();
    }

    private static StoreSettings store(int port) {
        return new StoreSettings(
                URI.create("http://127.0.0.1:" + port), "us-east-1", BUCKET, ACCESS, SECRET, Duration.ofSeconds(60), 5);
    }

    @Override
    public void close() {
        nodes.values().forEach(Jvm::close);
        store.close();
        broker.close();
        disks.close();
        try {
            brokerDoor.close();
            storeDoor.close();
            brokersPort.close();
            storesPort.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        WallClock.sweep();
    }
}
