package org.dreamboothactors.campaign.processes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A program that runs in a JVM of its own, can be killed in any way and started again.
 *
 * <p>Every start writes a log of its own into the folder of logs. One thread owns it; {@link #pid} may be asked by any.
 */
public final class Jvm implements AutoCloseable {
    private static final Duration START = Duration.ofMinutes(2);
    private static final Duration END = Duration.ofSeconds(10);

    private final String name;
    private final Path logs;
    private final String readyWord;
    private final List<String> command;
    private final Map<String, String> environment;
    private volatile Optional<Process> process = Optional.empty();
    private int starts;

    /**
     * A program that does not run yet.
     *
     * @param name of its logs
     * @param readyWord in the first line that it writes when it is ready
     * @param command after {@code java}
     */
    public Jvm(String name, Path logs, String readyWord, List<String> command, Map<String, String> environment) {
        this.name = name;
        this.logs = logs;
        this.readyWord = readyWord;
        this.command = List.copyOf(command);
        this.environment = Map.copyOf(environment);
    }

    public String name() {
        return name;
    }

    /** Starts it unless it runs, and does not wait. */
    public void start() {
        if (isAlive()) {
            return;
        }
        starts++;
        List<String> all = new ArrayList<>();
        all.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        all.addAll(command);
        try {
            Files.createDirectories(logs);
            ProcessBuilder builder =
                    new ProcessBuilder(all).redirectErrorStream(true).redirectOutput(log().toFile());
            builder.environment().putAll(environment);
            process = Optional.of(builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot start " + name + ": " + e.getMessage(), e);
        }
    }

    /** Waits until it says that it is ready. One that ended meanwhile is started again, a few times. */
    public void awaitReady() {
        long end = System.nanoTime() + START.toNanos();
        while (!isReady()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("Cannot start " + name + ": it is not ready after " + START.toSeconds()
                        + " s, expected a line with " + readyWord + " in " + log());
            }
            if (!isAlive()) {
                start();
            }
            Signals.pause(Duration.ofMillis(100));
        }
    }

    /** Whether it runs and said that it is ready. */
    public boolean isReady() {
        try {
            return isAlive() && Files.readString(log()).contains(readyWord);
        } catch (IOException e) {
            return false; // not written yet
        }
    }

    public boolean isAlive() {
        return process.map(Process::isAlive).orElse(false);
    }

    /** Process id; empty while it does not run. */
    public Optional<Long> pid() {
        return process.filter(Process::isAlive).map(Process::pid);
    }

    /** The process and all below it. */
    public List<ProcessHandle> family() {
        return process.filter(Process::isAlive)
                .map(alive -> {
                    List<ProcessHandle> all = new ArrayList<>(List.of(alive.toHandle()));
                    alive.descendants().forEach(all::add);
                    return all;
                })
                .orElse(List.of());
    }

    /** SIGKILL, and waits until it is gone. What it started ends by itself. */
    public void kill() {
        process.ifPresent(running -> {
            running.destroyForcibly();
            try {
                if (!running.waitFor(END.toSeconds(), TimeUnit.SECONDS)) {
                    throw new IllegalStateException(
                            "Cannot kill " + name + ": it is there after " + END.toSeconds() + " s");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private Path log() {
        return logs.resolve(name + "-" + starts + ".log");
    }

    @Override
    public void close() {
        List<ProcessHandle> all = family();
        all.forEach(each -> Signals.send("CONT", each.pid()));
        all.forEach(ProcessHandle::destroyForcibly);
        kill();
    }
}
