package org.dreamboothactors.actors.work;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.dreamboothactors.actors.device.Device;
import org.dreamboothactors.actors.device.DeviceCommand;
import org.dreamboothactors.actors.device.DeviceLost;
import org.dreamboothactors.actors.device.FakeDevice;
import org.dreamboothactors.diffusion.Refinements;
import org.dreamboothactors.diffusion.TrainingConfig;
import org.dreamboothactors.diffusion.TrainingData;
import org.dreamboothactors.protocol.v1.LatentRequest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class QueueActorIT {
    private static final Duration LOCK = Duration.ofSeconds(5);
    private static final Duration SOON = Duration.ofSeconds(5);
    private static final Duration AFTER_LAST_ORDERS = Duration.ofSeconds(25);

    @TempDir
    static Path directory = Path.of("");

    private static QueueBench bench;
    private static ActorTestKit kit;

    private final BlockingQueue<String> board = new LinkedBlockingQueue<>();

    @BeforeAll
    static void start() {
        bench = new QueueBench(directory.resolve("kafka"));
        kit = ActorTestKit.create();
    }

    @AfterAll
    static void stop() {
        kit.shutdownTestKit();
        bench.close();
    }

    @Test
    void isRestartedWhenItsWorkerFailsAndWorksOn() throws Exception {
        AtomicInteger tries = new AtomicInteger();
        try (Device device = FakeDevice.start(directory)) {
            ActorRef<QueueActor.Command> actor = spawn("failing", device, (_, _) -> {
                if (tries.incrementAndGet() == 1) {
                    throw new IllegalStateException("a surprise");
                }
                return new Outcome.Done();
            });
            bench.send("failing", "a");

            awaitBoard("working");
            awaitBoard("restarting");
            awaitBoard("working");
            awaitBoard("idle");
            assertThat(tries.get()).isEqualTo(2);
            stops(actor, SOON);
        }
    }

    @Test
    void stopsAtOnceWhenItIsIdle() throws Exception {
        try (Device device = FakeDevice.start(directory)) {
            ActorRef<QueueActor.Command> actor = spawn("idle", device, (_, _) -> new Outcome.Done());
            awaitBoard("idle");

            stops(actor, SOON);
            awaitBoard("stopped");
        }
    }

    @Test
    void killsAChildJvmThatKeepsItFromStopping() throws Exception {
        FakeDevice.Orders orders = new FakeDevice.Orders(FakeDevice.model(directory.resolve("model")));
        orders.give("hang-at-1");
        BlockingQueue<String> outcome = new LinkedBlockingQueue<>();
        try (Device device = FakeDevice.start(directory)) {
            ActorRef<QueueActor.Command> actor = spawn("hanging", device, (turn, _) -> {
                try {
                    turn.ask(opened(orders.model()));
                    turn.ask(new DeviceCommand.TrainStep());
                } catch (DeviceLost e) {
                    outcome.add("lost");
                }
                return new Outcome.Again("lost");
            });
            bench.send("hanging", "a");
            awaitBoard("working");

            stops(actor, AFTER_LAST_ORDERS);
            assertThat(outcome.poll(1, TimeUnit.SECONDS)).isEqualTo("lost");
            assertThat(device.pid()).isEmpty();
        }
    }

    private interface Work {
        Outcome of(Device.Turn device, Shift shift);
    }

    private ActorRef<QueueActor.Command> spawn(String topic, Device device, Work work) throws Exception {
        QueueSettings<LatentRequest> queue = bench.queue(topic, LOCK);
        Worker<LatentRequest> worker = new Worker<>() {
            @Override
            public Outcome work(LatentRequest request, Device.Turn turn, Shift shift) {
                return work.of(turn, shift);
            }

            @Override
            public Outcome fail(LatentRequest request, String reason) {
                return new Outcome.Done();
            }
        };
        return kit.spawn(QueueActor.create(
                "device/" + topic, queue, device, worker, new Fitness(directory), (_, state, _) -> board.add(state)));
    }

    private static void stops(ActorRef<QueueActor.Command> actor, Duration atMost) {
        TestProbe<Void> probe = kit.createTestProbe();
        actor.tell(new QueueActor.Stop());
        probe.expectTerminated(actor, atMost);
    }

    private void awaitBoard(String state) throws InterruptedException {
        String next;
        do {
            next = board.poll(30, TimeUnit.SECONDS);
            assertThat(next).as("state before " + state).isNotNull();
        } while (!state.equals(next));
    }

    private static DeviceCommand opened(Path model) {
        TrainingConfig config = new TrainingConfig(
                3, 10, 1e-3, false, 1e-3, 1, 0.9, 0.999, 1e-8, 0, 1, 1, false, "a", "b", Refinements.NONE);
        return new DeviceCommand.OpenTrainer(
                "run",
                model,
                config,
                TrainingData.ofLatents(List.of(), List.of()),
                java.util.Optional.empty(),
                java.util.Optional.empty());
    }
}
