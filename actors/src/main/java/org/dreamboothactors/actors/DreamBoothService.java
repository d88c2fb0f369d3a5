package org.dreamboothactors.actors;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.japi.function.Function;
import org.dreamboothactors.actors.board.Dashboard;
import org.dreamboothactors.actors.board.DashboardSettings;
import org.dreamboothactors.actors.device.Cores;
import org.dreamboothactors.actors.device.Device;
import org.dreamboothactors.actors.device.DeviceAnswer.Found;
import org.dreamboothactors.actors.device.DeviceCommand.FindDevice;
import org.dreamboothactors.actors.device.DeviceName;
import org.dreamboothactors.actors.encoder.EncodeLatents;
import org.dreamboothactors.actors.inference.CheckpointCache;
import org.dreamboothactors.actors.inference.DrawPictures;
import org.dreamboothactors.actors.metrics.Meters;
import org.dreamboothactors.actors.trainer.SharedNumbers;
import org.dreamboothactors.actors.trainer.TrainRuns;
import org.dreamboothactors.actors.work.BaseModels;
import org.dreamboothactors.actors.work.DeadLetters;
import org.dreamboothactors.actors.work.EndedRuns;
import org.dreamboothactors.actors.work.Facts;
import org.dreamboothactors.actors.work.Node;
import org.dreamboothactors.actors.work.Scratch;
import org.dreamboothactors.protocol.RequestIds;
import org.dreamboothactors.protocol.Topics;
import org.dreamboothactors.protocol.v1.GenerationRequest;
import org.dreamboothactors.protocol.v1.LatentRequest;
import org.dreamboothactors.protocol.v1.TrainRequest;
import org.dreamboothactors.storage.ArtifactStore;
import org.dreamboothactors.storage.StorageException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node of the service: coordinates runs, judges photos, works with its devices, shows a dashboard.
 *
 * <p>Any number of nodes may work with the same Kafka and store. A node may be killed at any time: what it did not finish
 * is taken over by others, or by itself at its next start.
 */
public final class DreamBoothService implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DreamBoothService.class);
    private static final Duration LONGEST_UPLOAD = Duration.ofHours(24);
    private static final Duration LAUNCH = Duration.ofSeconds(20);
    /** What actors need to end beside the patience they have with their work. */
    private static final Duration ENDING = Duration.ofSeconds(35);

    private static final Duration TERMINATE = Duration.ofSeconds(15);
    private static final Duration READ_HISTORY = Duration.ofSeconds(60);

    private final Deque<Part> parts = new ArrayDeque<>();
    private final ActorSystem<Guardian.Command> system;
    private final Dashboard board;

    /** Something that was started, and how it ends. */
    private record Part(String name, Runnable end) {}

    private DreamBoothService(ServiceSettings settings) {
        long begun = System.nanoTime();
        try {
            new Broker(settings.kafka()).prepare();
            Node node = node(settings);
            List<Device> devices = devices(settings);
            devices.forEach(node.meters()::watch);
            DeadLetters letters = new DeadLetters(settings.kafka(), node.ended(), letters(node));
            parts.push(new Part("dead letters", letters::close));
            system = ActorSystem.create(Guardian.create(settings, node, devices), "dreambooth", configuration());
            parts.push(new Part("actors", this::terminate));
            board = Dashboard.start(
                    system,
                    new DashboardSettings(
                            settings.kafka(),
                            node.store(),
                            settings.dashboardHost(),
                            settings.dashboardNames(),
                            settings.dashboardPort(),
                            settings.dashboardToken(),
                            () -> node.ended().census().oldest(),
                            node.meters()::deadLetters,
                            node.meters()::text));
            parts.push(new Part("dashboard", board::close));
            Function<ActorRef<Guardian.Launched>, Guardian.Command> launch =
                    replyTo -> new Guardian.Launch(board.sink(), replyTo);
            await("start the actors", AskPattern.ask(system, launch, LAUNCH, system.scheduler()), LAUNCH);
            parts.push(new Part("work", () -> drain(settings.stopPatience().plus(ENDING))));
            LOG.info(
                    "Node with {} is up after {} ms",
                    settings.devices(),
                    Duration.ofNanos(System.nanoTime() - begun).toMillis());
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * Starts a node and returns when uploads are accepted. The bucket must exist.
     *
     * @throws RuntimeException with a sentence for people when Kafka, the store, the base models or the dashboard's
     *     address are not as they should be; then nothing is left running
     */
    public static DreamBoothService start(ServiceSettings settings) {
        return new DreamBoothService(settings);
    }

    /** The dashboard, with its token: whoever has it sees everything. */
    public URI dashboard() {
        return board.address();
    }

    /**
     * Takes no more work, commits what is in training, gives back what is in work, and stops everything. Takes about a
     * minute at most.
     */
    @Override
    public void close() {
        for (Part part = parts.poll(); part != null; part = parts.poll()) {
            try {
                part.end().run();
            } catch (RuntimeException e) {
                LOG.warn("The {} did not end well: {}", part.name(), e.getMessage(), e);
            }
        }
    }

    /** Parts of uploads whose process died stay in a store, and count, until somebody drops them. */
    private static void abandon(ArtifactStore store) {
        try {
            int uploads = store.abortUnfinishedUploads(LONGEST_UPLOAD);
            if (uploads > 0) {
                LOG.info(
                        "{} uploads that were begun more than {} h ago are dropped", uploads, LONGEST_UPLOAD.toHours());
            }
        } catch (StorageException e) { // no right to list them, perhaps: rules of the bucket may do it then
            LOG.warn("Unfinished uploads stay where they are: {}", e.getMessage());
        }
    }

    private Node node(ServiceSettings settings) {
        Scratch.delete(settings.workDirectory().resolve("scratch")); // of a process that is gone
        SharedNumbers.sweep();
        BaseModels models = new BaseModels(settings.baseModels(), settings.judges());
        models.model(settings.defaultBaseModel()); // reads its files now, and not when the first run wants it
        ArtifactStore store = ArtifactStore.open(settings.store());
        parts.push(new Part("store", store::close));
        store.probe();
        abandon(store);
        Facts facts = new Facts(settings.kafka());
        parts.push(new Part("facts", facts::close));
        EndedRuns ended = new EndedRuns(settings.kafka(), run -> CheckpointCache.forget(settings.workDirectory(), run));
        parts.push(new Part("history", ended::close));
        try {
            if (!ended.awaitHistory(READ_HISTORY)) {
                LOG.warn(
                        "The runs' history is not read after {} s; ended runs may be worked on",
                        READ_HISTORY.toSeconds());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Cannot start: interrupted", e);
        }
        Meters meters = new Meters(ended::census);
        parts.push(new Part("figures", meters::close));
        return new Node(store, facts, ended, models, meters, settings.workDirectory());
    }

    /** What lies among the dead letters of the work queues, and who tells of it. */
    private static List<DeadLetters.Kind<?>> letters(Node node) {
        return List.of(
                new DeadLetters.Kind<>(
                        Topics.LATENT_CACHE,
                        LatentRequest.parser(),
                        LatentRequest::getRunId,
                        LatentRequest::getRequestId,
                        new EncodeLatents(node)::fail),
                new DeadLetters.Kind<>(
                        Topics.REG_GENERATION,
                        GenerationRequest.parser(),
                        GenerationRequest::getRunId,
                        GenerationRequest::getRequestId,
                        new DrawPictures(node)::fail),
                new DeadLetters.Kind<>(
                        Topics.TRAIN_STEP,
                        TrainRequest.parser(),
                        TrainRequest::getRunId,
                        request -> request.hasCall()
                                ? ""
                                : RequestIds.training(request.getAttempt()), // calls are repeated
                        (request, reason) -> TrainRuns.fail(node, request, reason)));
    }

    private List<Device> devices(ServiceSettings settings) {
        List<Device> devices = new ArrayList<>();
        List<Cores> slices = Cores.slices(settings.devices().size(), settings.threadsPerDevice());
        for (int i = 0; i < slices.size(); i++) {
            DeviceName name = settings.devices().get(i);
            Path log = settings.workDirectory().resolve("logs").resolve("device-" + fileName(name.toString()) + ".log");
            Device device = new Device(name, settings.threadsPerDevice(), slices.get(i), log);
            parts.push(new Part("device " + name, device::close));
            holding(device, Device.Turn::warmUp); // loads while the rest is started
            devices.add(device);
        }
        devices.stream().filter(Device::isCuda).forEach(device -> holding(device, DreamBoothService::requireThere));
        return devices;
    }

    private static void holding(Device device, Consumer<Device.Turn> begin) {
        try {
            Optional<Device.Turn> turn = device.takeTurn(LAUNCH);
            try (Device.Turn mine = turn.orElseThrow()) {
                begin.accept(mine);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Cannot start the device " + device.name() + ": interrupted", e);
        }
    }

    /** A processor is always there, and need not be waited for. */
    private static void requireThere(Device.Turn turn) {
        String hardware = turn.ask(new FindDevice(), Found.class).hardware();
        LOG.info("{} is {}", turn.deviceName(), hardware);
    }

    /** The service ends when it is closed: whoever started it decides in which order. */
    private static Config configuration() {
        return ConfigFactory.parseMap(Map.of(
                        "pekko.coordinated-shutdown.run-by-jvm-shutdown-hook", "off",
                        "pekko.log-dead-letters", "off"))
                .withFallback(ConfigFactory.load());
    }

    private void drain(Duration atMost) {
        await(
                "finish the work in progress",
                AskPattern.ask(system, Guardian.Drain::new, atMost, system.scheduler()),
                atMost);
    }

    private void terminate() {
        system.terminate();
        await("stop the actors", system.getWhenTerminated(), TERMINATE);
    }

    private static void await(String what, CompletionStage<?> end, Duration atMost) {
        try {
            var _ = end.toCompletableFuture().get(atMost.toMillis() + 1000, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("Cannot " + what + " within " + atMost.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Cannot " + what + ": interrupted", e);
        }
    }

    /** A device's name without what file and actor names must not have. */
    static String fileName(String device) {
        return device.replaceAll("[^A-Za-z0-9]", "-");
    }
}
