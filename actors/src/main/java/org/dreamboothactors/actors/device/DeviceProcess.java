package org.dreamboothactors.actors.device;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.dreamboothactors.actors.device.DeviceAnswer.Broken;
import org.dreamboothactors.actors.device.DeviceAnswer.Progress;
import org.dreamboothactors.actors.device.DeviceAnswer.Refused;

/**
 * A running child JVM. One thread talks to it; any thread may kill it.
 *
 * <p>It answers commands in their order, without numbers. So whenever an answer is not waited for to its end, the child
 * is killed: its answer would be taken for that of the next command.
 */
final class DeviceProcess {
    /** Ten signs of life that did not come: the process is stopped, or as good as that. */
    private static final Duration LONGEST_SILENCE = DeviceMain.SIGN_OF_LIFE.multipliedBy(10);

    private static final DeviceAnswer NOTHING = new DeviceAnswer.Done();
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final String device;
    private final Process process;
    private final Lines lines;
    /** Empty is the end of the pipe. Holds at most what one command is answered. */
    private final BlockingQueue<Optional<DeviceAnswer>> answers = new LinkedBlockingQueue<>();
    /** When the child last said anything, {@link System#nanoTime}. */
    private volatile long lastSign = System.nanoTime();

    /** As the child last said. */
    private volatile long peakMemoryBytes;

    /** A process lives on for a moment after it was killed. */
    private volatile boolean killed;

    private DeviceProcess(String device, Process process) {
        this.device = device;
        this.process = process;
        this.lines = new Lines(process.getInputStream(), process.getOutputStream());
    }

    static DeviceProcess start(ChildJvm jvm) {
        DeviceProcess child = new DeviceProcess(jvm.device(), jvm.start());
        Thread.ofPlatform().daemon().name("answers-" + jvm.device()).start(child::listen);
        return child;
    }

    long pid() {
        return process.pid();
    }

    /** Most that it ever held, as it said some seconds ago; 0: not known. */
    long peakMemoryBytes() {
        return peakMemoryBytes;
    }

    boolean isAlive() {
        return !killed && process.isAlive();
    }

    /** Sends a command and waits for its answer; a child that is silent for longer than {@code patience} is killed. */
    DeviceAnswer ask(DeviceCommand command, Duration patience, Consumer<Progress> progress) {
        try {
            lines.write(command);
            while (true) {
                switch (next(command, patience)) {
                    case DeviceAnswer.Alive _ -> {}
                    case Progress step -> progress.accept(step);
                    case Refused(String reason) -> throw new DeviceRefused(reason);
                    case Broken(String reason) -> throw lost(reason);
                    case DeviceAnswer.Done done -> {
                        return done;
                    }
                    case DeviceAnswer.TrainerOpened opened -> {
                        return opened;
                    }
                    case DeviceAnswer.Stepped stepped -> {
                        return stepped;
                    }
                    case DeviceAnswer.Saved saved -> {
                        return saved;
                    }
                    case DeviceAnswer.Judged judged -> {
                        return judged;
                    }
                }
            }
        } catch (IOException e) {
            throw lost(ending() + ", " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw lost("the command was interrupted");
        } catch (DeviceRefused | DeviceLost e) {
            throw e;
        } catch (RuntimeException e) { // of the listener
            kill();
            throw e;
        }
    }

    /** Waits for what it says to a command; it must say something about the command, and that it lives. */
    private DeviceAnswer next(DeviceCommand command, Duration patience) throws InterruptedException {
        long begun = System.nanoTime();
        while (true) {
            Optional<DeviceAnswer> next = answers.poll(LOOK.toMillis(), TimeUnit.MILLISECONDS);
            if (next != null) {
                return next.orElseThrow(() -> lost(ending()));
            }
            long now = System.nanoTime();
            if (now - begun > patience.toNanos()) {
                throw lost("it did not answer " + command.getClass().getSimpleName() + " for " + patience);
            }
            if (now - Math.max(begun, lastSign) > LONGEST_SILENCE.toNanos()) {
                throw lost("it gave no sign of life for " + LONGEST_SILENCE);
            }
        }
    }

    /** Ends it at once, whatever it is computing. */
    void kill() {
        killed = true;
        process.destroyForcibly();
    }

    private void listen() {
        try {
            Optional<DeviceAnswer> answer;
            do {
                answer = lines.read(DeviceAnswer.class);
                lastSign = System.nanoTime();
                if (answer.orElse(NOTHING) instanceof DeviceAnswer.Alive(long peak)) {
                    peakMemoryBytes = peak;
                } else {
                    answers.add(answer);
                }
            } while (answer.isPresent());
        } catch (IOException e) { // what it says makes no sense, or it was killed
            answers.add(Optional.empty());
        }
    }

    private DeviceLost lost(String how) {
        kill();
        return new DeviceLost(device, how);
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
