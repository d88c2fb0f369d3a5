package org.dreamboothactors.actors.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.dreamboothactors.actors.device.DeviceAnswer.Saved;
import org.dreamboothactors.actors.device.DeviceAnswer.TrainerOpened;
import org.dreamboothactors.diffusion.Refinements;
import org.dreamboothactors.diffusion.TrainingConfig;
import org.dreamboothactors.diffusion.TrainingData;
import org.dreamboothactors.protocol.v1.GangCall;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Both ends of the way between rank 0's node and a helper. */
@Timeout(60)
class HelpersDoorTest {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final InetAddress HERE = InetAddress.getLoopbackAddress();

    @TempDir
    Path directory = Path.of("");

    private final HelpersDoor door = HelpersDoor.open(HERE);
    private final AtomicInteger prepared = new AtomicInteger();
    private Path model = Path.of("");

    @BeforeEach
    void makeModel() throws IOException {
        model = FakeDevice.model(directory.resolve("model"));
    }

    @AfterEach
    void closeDoor() {
        door.close();
    }

    @Test
    void aHelperDoesWhatARankDoesAndNothingElse() throws Exception {
        try (Device device = FakeDevice.start(directory)) {
            CompletableFuture<Boolean> help = help(device, door.call());
            try (RemoteRank rank = oneHelper()) {
                assertThat(rank.deviceName()).isEqualTo("cpu:0@127.0.0.1");
                assertThat(ask(rank, new DeviceCommand.OpenDoor("10.0.0.1"))).isEqualTo(new DeviceAnswer.DoorOpened(1));
                assertThat(prepared).hasValue(1);
                assertThat(ask(rank, opened("nowhere"))).isInstanceOfSatisfying(TrainerOpened.class, opened -> {
                    assertThat(opened.step()).isZero();
                    assertThat(opened.environment()).isEqualTo("fake");
                    assertThat(opened.warning().orElse("")).startsWith("it is the fake");
                });
                ask(rank, new DeviceCommand.TrainStep());
                assertThat(ask(rank, new DeviceCommand.DigestWeights())).isEqualTo(new Saved(FakeDevice.weights(3, 1)));
                assertThatThrownBy(() -> ask(rank, new DeviceCommand.SaveState(directory.resolve("state"))))
                        .isInstanceOf(DeviceRefused.class)
                        .hasMessage("only rank 0 does SaveState");
                assertThat(directory.resolve("state")).doesNotExist();
                ask(rank, new DeviceCommand.CloseTrainer());
            }

            assertThat(help.get(10, TimeUnit.SECONDS)).isTrue();
            assertThat(device.pid()).as("its child is warm for other work").isPresent();
        }
    }

    @Test
    void whoHangsUpEndsWhatTheHelperComputes() throws Exception {
        new FakeDevice.Orders(model).give("hang-at-1");
        try (Device device = FakeDevice.start(directory)) {
            CompletableFuture<Boolean> help = help(device, door.call());
            RemoteRank rank = oneHelper();
            ask(rank, opened("nowhere"));
            CompletableFuture<DeviceAnswer> step =
                    CompletableFuture.supplyAsync(() -> ask(rank, new DeviceCommand.TrainStep()));

            rank.kill();

            assertThatThrownBy(() -> step.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(DeviceLost.class);
            assertThat(help.get(10, TimeUnit.SECONDS)).isTrue();
            assertThat(device.pid()).isEmpty();
        }
    }

    @Test
    void aDeviceThatIsLostIsLostToItsGang() throws Exception {
        new FakeDevice.Orders(model).give("crash-at-1");
        try (Device device = FakeDevice.start(directory)) {
            CompletableFuture<Boolean> help = help(device, door.call());
            try (RemoteRank rank = oneHelper()) {
                ask(rank, opened("nowhere"));

                assertThatThrownBy(() -> ask(rank, new DeviceCommand.TrainStep()))
                        .isInstanceOf(DeviceLost.class)
                        .hasMessageContaining("cpu:0@127.0.0.1")
                        .hasMessageContaining("ended with 9");
            }
            assertThat(help.get(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void strangersAreSentAwayAndHelpersStillComeIn() throws Exception {
        GangCall wrong = door.call().toBuilder().setToken("0".repeat(32)).build();
        try (Device device = FakeDevice.start(directory);
                Socket stranger = new Socket(HERE, door.call().getPort())) {
            stranger.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.UTF_8));
            new Socket(HERE, door.call().getPort()).close(); // says nothing
            CompletableFuture<Boolean> mistaken = help(device, wrong);
            CompletableFuture<Boolean> help = mistaken.thenCompose(_ -> help(device, door.call()));

            RemoteRank rank = oneHelper();
            assertThat(mistaken).as("was sent away").isCompleted();
            assertThat(stranger.getInputStream().read()).isEqualTo(-1);
            rank.close();
            assertThat(help.get(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void aStrangerThatDripsDoesNotKeepTheDoor() throws Exception {
        try (Device device = FakeDevice.start(directory);
                Socket stranger = new Socket(HERE, door.call().getPort())) {
            Thread.ofVirtual().start(() -> drip(stranger));
            CompletableFuture<Boolean> help = help(device, door.call());

            oneHelper().close();
            assertThat(help.get(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static void drip(Socket stranger) {
        try {
            while (true) {
                stranger.getOutputStream().write('a');
                Thread.sleep(300);
            }
        } catch (IOException | InterruptedException e) {
            // It was sent away.
        }
    }

    /** As a node that is stopped: its kernel still answers. */
    @Test
    void aHelperLeavesANodeThatSaysNothing() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 1, HERE);
                Device device = FakeDevice.start(directory)) {
            GangCall call =
                    door.call().toBuilder().setPort(silent.getLocalPort()).build();

            assertThat(help(device, call).get(40, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void whoComesTooLateFindsNobody() throws Exception {
        GangCall call = door.call();
        assertThat(door.await(1, Duration.ofMillis(100), () -> false)).isEmpty();
        door.close();

        try (Device device = FakeDevice.start(directory)) {
            assertThat(help(device, call).get(10, TimeUnit.SECONDS)).isFalse();
        }
    }

    private RemoteRank oneHelper() {
        return door.await(1, SOON, () -> false).orElseThrow().getFirst();
    }

    private static DeviceAnswer ask(RemoteRank rank, DeviceCommand command) {
        return rank.ask(command, _ -> {});
    }

    /** Lends the device; whether anybody was there. The model lies elsewhere than the other node says. */
    private CompletableFuture<Boolean> help(Device device, GangCall call) {
        return CompletableFuture.supplyAsync(() -> {
            try (Device.Turn turn = device.takeTurn(SOON).orElseThrow()) {
                Optional<Lent> lent = Lent.to(call, turn, new Here());
                if (lent.isPresent()) {
                    try (Lent here = lent.get()) {
                        here.serve(() -> false);
                    }
                }
                return lent.isPresent();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private final class Here implements Lent.Opener {
        @Override
        public void prepare() {
            prepared.incrementAndGet();
        }

        @Override
        public DeviceAnswer open(DeviceCommand.OpenTrainer asked, Device.Turn device) {
            return device.ask(new DeviceCommand.OpenTrainer(
                    asked.run(), model, asked.config(), asked.data(), asked.state(), asked.place()));
        }
    }

    private static DeviceCommand.OpenTrainer opened(String model) {
        TrainingConfig config = new TrainingConfig(
                3, 10, 1e-3, false, 1e-3, 1, 0.9, 0.999, 1e-8, 0, 1, 1, false, "a", "b", Refinements.NONE);
        return new DeviceCommand.OpenTrainer(
                "run",
                Path.of(model),
                config,
                TrainingData.ofLatents(List.of(), List.of()),
                Optional.empty(),
                Optional.of(new RankPlace("run", 1, 1, 2, new RankPlace.Ring("10.0.0.1", 7))));
    }
}
