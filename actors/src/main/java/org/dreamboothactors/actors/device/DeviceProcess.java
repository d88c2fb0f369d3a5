package org.dreamboothactors.actors.device;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.dreamboothactors.actors.device.DeviceAnswer.Progress;
import org.dreamboothactors.actors.device.DeviceAnswer.Refused;

/** A running child JVM. One thread talks to it; any thread may kill it. */
final class DeviceProcess {
    /** Java's own heap: pictures and latents. Weights live in native memory. */
    private static final String HEAP = "-Xmx1g";

    private final String device;
    private final Process process;
    private final Lines lines;

    private DeviceProcess(String device, Process process) {
        this.device = device;
        this.process = process;
        this.lines = new Lines(process.getInputStream(), process.getOutputStream());
    }

    static DeviceProcess start(String device, int threads, Path log) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add(HEAP);
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("--sun-misc-unsafe-memory-access=allow");
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("-Dai.djl") || argument.startsWith("-DDJL"))
                .forEach(command::add);
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(DeviceMain.class.getName());
        command.add(Integer.toString(threads));
        try {
            Files.createDirectories(Optional.ofNullable(log.getParent()).orElseThrow());
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
            // glibc gives memory back and takes it again on every large tensor unless it is told not to.
            builder.environment().put("MALLOC_MMAP_MAX_", "0");
            builder.environment().put("MALLOC_TRIM_THRESHOLD_", "-1");
            builder.environment().put("MALLOC_TOP_PAD_", "268435456");
            builder.environment().put("OMP_NUM_THREADS", Integer.toString(threads));
            return new DeviceProcess(device, builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot start the child JVM of " + device + ": " + e.getMessage(), e);
        }
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Sends a command and waits for its answer. */
    DeviceAnswer ask(DeviceCommand command, Consumer<Progress> progress) {
        try {
            lines.write(command);
            while (true) {
                switch (lines.read(DeviceAnswer.class).orElseThrow(() -> new DeviceLost(device, ending()))) {
                    case Progress step -> progress.accept(step);
                    case Refused(String reason) -> throw new DeviceRefused(reason);
                    case DeviceAnswer answer -> {
                        return answer;
                    }
                }
            }
        } catch (IOException e) {
            throw new DeviceLost(device, ending() + ", " + e.getMessage());
        }
    }

    /** Ends it at once, whatever it is computing. */
    void kill() {
        process.destroyForcibly();
    }

    private String ending() {
        try {
            return process.waitFor(1, TimeUnit.SECONDS) ? "it ended with " + process.exitValue() : "it closed its pipe";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "it was interrupted";
        }
    }
}
