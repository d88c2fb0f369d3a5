package org.dreamboothactors.actors.device;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.dreamboothactors.actors.device.DeviceAnswer.Progress;

/**
 * One device of this machine, through a child JVM that is started when it is needed and replaced when it is lost.
 *
 * <p>The queues of a device take turns: whoever holds the {@link Turn} asks. Fair, so that none starves.
 */
public final class Device implements AutoCloseable {
    private final String name;
    private final int threads;
    private final Path log;
    private final Semaphore turns = new Semaphore(1, true);
    private Optional<DeviceProcess> process = Optional.empty();

    /**
     * A device whose child JVM does not run yet.
     *
     * @param name e.g. {@code cpu:0}
     * @param threads of libtorch
     * @param log file the child's errors are appended to
     */
    public Device(String name, int threads, Path log) {
        this.name = name;
        this.threads = threads;
        this.log = log;
    }

    public String name() {
        return name;
    }

    /** Waits for the device; it is the caller's until closed. */
    public Turn takeTurn() throws InterruptedException {
        turns.acquire();
        return new Turn();
    }

    /** The right to use the device. */
    public final class Turn implements AutoCloseable {
        private Turn() {}

        /** Asks for something; throws {@link DeviceLost} or {@link DeviceRefused}. */
        public DeviceAnswer ask(DeviceCommand command) {
            return ask(command, _ -> {});
        }

        /** Asks for something that takes long. */
        public DeviceAnswer ask(DeviceCommand command, Consumer<Progress> progress) {
            return running().ask(command, progress);
        }

        /** Asks for something that is answered in one way only. */
        public <T extends DeviceAnswer> T ask(DeviceCommand command, Class<T> answer) {
            return answer.cast(ask(command));
        }

        /** Starts the child JVM, so that the first command need not wait for it. */
        public void warmUp() {
            running();
        }

        @Override
        public void close() {
            turns.release();
        }
    }

    /** Kills the child JVM, whatever it is computing. A command in flight throws {@link DeviceLost}. */
    @Override
    public synchronized void close() {
        process.ifPresent(DeviceProcess::kill);
    }

    /** Process id of the child JVM, where one runs. */
    public synchronized Optional<Long> pid() {
        return process.filter(DeviceProcess::isAlive).map(DeviceProcess::pid);
    }

    private synchronized DeviceProcess running() {
        DeviceProcess alive =
                process.filter(DeviceProcess::isAlive).orElseGet(() -> DeviceProcess.start(name, threads, log));
        process = Optional.of(alive);
        return alive;
    }
}
