package org.dreamboothactors.actors.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.dreamboothactors.actors.device.DeviceAnswer.Saved;
import org.dreamboothactors.actors.device.DeviceAnswer.Stepped;
import org.dreamboothactors.actors.device.DeviceCommand.OpenTrainer;
import org.dreamboothactors.actors.device.DeviceCommand.TrainStep;
import org.dreamboothactors.diffusion.Drawing;
import org.dreamboothactors.diffusion.Refinements;
import org.dreamboothactors.diffusion.TrainingConfig;
import org.dreamboothactors.diffusion.TrainingData;
import org.dreamboothactors.diffusion.schedulers.SamplerKind;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DeviceTest {
    private static final Duration TURN = Duration.ofSeconds(10);

    @TempDir
    Path directory;

    Path model = Path.of("");

    @BeforeEach
    void makeModel() throws Exception {
        model = FakeDevice.model(directory.resolve("model"));
    }

    @Test
    void answersCommandsOverThePipe() throws Exception {
        try (Device device = FakeDevice.start(directory);
                Device.Turn turn = device.takeTurn(TURN).orElseThrow()) {
            turn.ask(opened());
            Stepped stepped = turn.ask(new TrainStep(), Stepped.class);
            Saved saved = turn.ask(new DeviceCommand.SaveState(directory.resolve("state")), Saved.class);

            assertThat(stepped.result().step()).isEqualTo(1);
            assertThat(Files.readString(directory.resolve("device.log"))).doesNotContain("Exception");
            assertThat(saved.weightsSha256()).isEqualTo(FakeDevice.weights(3, 1));
        }
    }

    @Test
    void bindsItsChildToTheCoresItIsGiven() throws Exception {
        assumeThat(Cores.tasksetIsThere())
                .as("binding needs taskset of util-linux")
                .isTrue();
        int core = allowedCores("self").getLast();
        try (Device device = FakeDevice.start(directory, TURN, new Cores(List.of(core)));
                Device.Turn turn = device.takeTurn(TURN).orElseThrow()) {
            turn.ask(opened());

            assertThat(allowedCores(Long.toString(device.pid().orElseThrow()))).containsExactly(core);
        }
    }

    private static List<Integer> allowedCores(String process) throws Exception {
        String allowed = "Cpus_allowed_list:";
        return Files.readAllLines(Path.of("/proc", process, "status")).stream()
                .filter(line -> line.startsWith(allowed))
                .map(line -> Cores.parse(line.substring(allowed.length()).strip()))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void replacesAChildThatDied() throws Exception {
        new FakeDevice.Orders(model).give("crash-at-1");
        try (Device device = FakeDevice.start(directory);
                Device.Turn turn = device.takeTurn(TURN).orElseThrow()) {
            turn.ask(opened());
            long first = device.pid().orElseThrow();

            assertThatThrownBy(() -> turn.ask(new TrainStep()))
                    .isInstanceOf(DeviceLost.class)
                    .hasMessageContaining("ended with 9");
            turn.ask(opened());
            assertThat(turn.ask(new TrainStep(), Stepped.class).result().step()).isEqualTo(1);
            assertThat(device.pid().orElseThrow()).isNotEqualTo(first);
        }
    }

    @Test
    void killsAChildThatIsSilentForTooLong() throws Exception {
        new FakeDevice.Orders(model).give("hang-at-1");
        try (Device device = FakeDevice.start(directory, Duration.ofSeconds(8));
                Device.Turn turn = device.takeTurn(TURN).orElseThrow()) {
            turn.ask(opened());
            ProcessHandle child = ProcessHandle.of(device.pid().orElseThrow()).orElseThrow();

            assertThatThrownBy(() -> turn.ask(new TrainStep()))
                    .isInstanceOf(DeviceLost.class)
                    .hasMessageContaining("did not answer TrainStep");
            assertThat(child.onExit().get(10, TimeUnit.SECONDS)).isEqualTo(child);
        }
    }

    /** Its pipe holds 64 KiB, so that the command cannot even be written. */
    @Test
    void killsAChildThatIsStoppedBeforeALongCommand() throws Exception {
        List<Path> latents = IntStream.range(0, 2_000)
                .mapToObj(i -> directory.resolve("latents-" + i + ".safetensors"))
                .toList();
        OpenTrainer small = opened();
        OpenTrainer large = new OpenTrainer(
                "run",
                model,
                small.config(),
                TrainingData.ofLatents(latents, latents),
                Optional.empty(),
                Optional.empty());
        try (Device device = FakeDevice.start(directory, Duration.ofSeconds(4));
                Device.Turn turn = device.takeTurn(TURN).orElseThrow()) {
            turn.ask(small);
            long child = device.pid().orElseThrow();
            assertThat(new ProcessBuilder("kill", "-STOP", Long.toString(child))
                            .start()
                            .waitFor())
                    .isZero();

            assertThatThrownBy(() -> turn.ask(large))
                    .isInstanceOf(DeviceLost.class)
                    .hasMessageContaining("did not answer OpenTrainer");
            turn.ask(small);
            assertThat(device.pid().orElseThrow()).isNotEqualTo(child);
        }
    }

    @Test
    void goesOnAfterARefusal() throws Exception {
        new FakeDevice.Orders(model).give("refuse-at-1");
        try (Device device = FakeDevice.start(directory);
                Device.Turn turn = device.takeTurn(TURN).orElseThrow()) {
            turn.ask(opened());
            long child = device.pid().orElseThrow();

            assertThatThrownBy(() -> turn.ask(new TrainStep())).isInstanceOf(DeviceRefused.class);
            assertThat(turn.ask(new TrainStep(), Stepped.class).result().step()).isEqualTo(1);
            assertThat(device.pid()).contains(child);
        }
    }

    @Test
    void neverTakesAnAnswerForThatOfTheNextCommand() throws Exception {
        try (Device device = FakeDevice.start(directory);
                Device.Turn turn = device.takeTurn(TURN).orElseThrow()) {
            turn.ask(opened());
            DeviceCommand drawing = new DeviceCommand.DrawTrained(drawing(), directory);

            assertThatThrownBy(() -> turn.ask(drawing, _ -> {
                        throw new IllegalStateException("a listener that breaks");
                    }))
                    .hasMessageContaining("a listener that breaks");
            turn.ask(opened());
            assertThat(turn.ask(new TrainStep(), Stepped.class).result().step()).isEqualTo(1);
        }
    }

    @Test
    void startsNoChildOnceClosed() throws Exception {
        Device device = FakeDevice.start(directory);
        device.close();

        try (Device.Turn turn = device.takeTurn(TURN).orElseThrow()) {
            assertThatThrownBy(() -> turn.ask(opened())).isInstanceOf(DeviceLost.class);
        }
        assertThat(device.pid()).isEmpty();
    }

    @Test
    void losesTheCommandInFlightWhenItIsKilled() throws Exception {
        new FakeDevice.Orders(model).give("hang-at-1");
        try (Device device = FakeDevice.start(directory);
                Device.Turn turn = device.takeTurn(TURN).orElseThrow()) {
            turn.ask(opened());
            CompletableFuture<DeviceAnswer> step = CompletableFuture.supplyAsync(() -> turn.ask(new TrainStep()));
            device.kill();

            assertThatThrownBy(() -> step.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(DeviceLost.class);
        }
    }

    @Test
    void endsItsChildWithItself() throws Exception {
        Process parent = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        ParentMain.class.getName(),
                        directory.toString())
                .redirectError(directory.resolve("parent.log").toFile())
                .start();
        long pid =
                Long.parseLong(new String(parent.getInputStream().readNBytes(20), StandardCharsets.US_ASCII).strip());
        ProcessHandle child = ProcessHandle.of(pid).orElseThrow();
        assertThat(child.isAlive()).isTrue();

        parent.destroyForcibly();

        assertThat(child.onExit().get(10, TimeUnit.SECONDS)).isEqualTo(child);
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "the environment of a process is read from /proc")
    void showsAProcessorsChildNoCudaDevice() throws Exception {
        try (Device device = FakeDevice.start(directory);
                Device.Turn turn = device.takeTurn(TURN).orElseThrow()) {
            turn.ask(new DeviceCommand.FindDevice()); // before it answers it may not be the program yet
            String environment =
                    Files.readString(Path.of("/proc", device.pid().orElseThrow().toString(), "environ"));

            assertThat(environment.split("\0")).contains("CUDA_VISIBLE_DEVICES=");
        }
    }

    @Test
    void givesTheTurnToOneAtATime() throws Exception {
        try (Device device = FakeDevice.start(directory)) {
            try (Device.Turn _ = device.takeTurn(TURN).orElseThrow()) {
                assertThat(device.takeTurn(Duration.ofMillis(50))).isEmpty();
            }
            try (Device.Turn again = device.takeTurn(TURN).orElseThrow()) {
                assertThat(again.deviceName()).isEqualTo("cpu:0");
            }
        }
    }

    @Test
    void endsAChildThatNobodyAsksForAnything() throws Exception {
        new FakeDevice.Orders(model).takeMillisForAStep(4000); // longer than that, and as good as a command at its end
        try (Device device = FakeDevice.start(directory, TURN, Duration.ofSeconds(2), Cores.ANY)) {
            try (Device.Turn turn = device.takeTurn(TURN).orElseThrow()) {
                turn.ask(opened());
                turn.ask(new TrainStep());
                turn.ask(new DeviceCommand.SaveState(directory.resolve("state")));
            }
            for (int i = 0; i < 8; i++) { // longer than that, and never as long without a command
                try (Device.Turn turn = device.takeTurn(TURN).orElseThrow()) {
                    assertThat(turn.ask(savedState())).isInstanceOf(DeviceAnswer.TrainerOpened.class);
                }
                Thread.sleep(500);
            }

            ProcessHandle child = ProcessHandle.of(device.pid().orElseThrow()).orElseThrow();
            assertThat(untilEnded(device)).isTrue();
            assertThat(child.onExit().get(10, TimeUnit.SECONDS)).isEqualTo(child);
            try (Device.Turn turn = device.takeTurn(TURN).orElseThrow()) {
                assertThat(turn.ask(savedState())).isEqualTo(new DeviceAnswer.Done());
            }
        }
    }

    /** Looks for work all the time meanwhile, as the queues of a device do. */
    private boolean untilEnded(Device device) throws Exception {
        for (int i = 0; i < 600; i++) {
            try (Device.Turn _ = device.takeTurn(TURN).orElseThrow()) {
                Thread.sleep(50);
            }
            if (device.pid().isEmpty()) {
                return true;
            }
        }
        return false;
    }

    private static DeviceCommand.ResumeTrainer savedState() {
        return new DeviceCommand.ResumeTrainer("run", 1, FakeDevice.weights(3, 1));
    }

    @Test
    void keepsTheChildsLogSmall() throws Exception {
        Path log = directory.resolve("device.log");
        Files.write(log, new byte[11 << 20]);

        try (Device device = FakeDevice.start(directory);
                Device.Turn turn = device.takeTurn(TURN).orElseThrow()) {
            turn.ask(opened());
        }
        assertThat(Files.size(log)).isLessThan(1 << 20);
    }

    private OpenTrainer opened() {
        TrainingConfig config = new TrainingConfig(
                3, 10, 1e-3, false, 1e-3, 1, 0.9, 0.999, 1e-8, 0, 1, 1, false, "a", "b", Refinements.NONE);
        return new OpenTrainer(
                "run", model, config, TrainingData.ofLatents(List.of(), List.of()), Optional.empty(), Optional.empty());
    }

    private static Drawing drawing() {
        return new Drawing(List.of("a"), List.of(1L), SamplerKind.DDIM, 1, 0, 1, "", 8, 8, 1);
    }
}
