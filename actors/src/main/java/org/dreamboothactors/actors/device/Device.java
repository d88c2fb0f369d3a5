package org.dreamboothactors.actors.device;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.dreamboothactors.actors.device.DeviceAnswer.Progress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One device of this machine, through a child JVM that is started when it is needed, replaced when it is lost, and
 * ended when it has nothing to do.
 *
 * <p>The queues of a device take turns: whoever holds the {@link Turn} asks. Fair, so that none starves.
 */
public final class Device implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Device.class);
    /** One command of the largest model on the slowest processor takes less; each sign of progress starts it anew. */
    private static final Duration PATIENCE = Duration.ofMinutes(30);

    /** Work that comes back later than that finds another child, with nothing open. */
    private static final Duration KEPT_OPEN = Duration.ofMinutes(10);
    /** Longer than the queues of a device need to look for work, one after the other: turns are given in order. */
    static final Duration ONE_TRY = Duration.ofSeconds(2);

    private final ChildJvm jvm;
    private final Duration patience;
    private final Duration keptOpen;
    private final Semaphore turns = new Semaphore(1, true);
    /** Counts beginnings and ends of holders' commands. */
    private final AtomicLong asked = new AtomicLong();
    /** Commands that the child JVM was lost with. */
    private final AtomicLong losses = new AtomicLong();

    private Optional<DeviceProcess> process = Optional.empty();
    private boolean closed;

    /**
     * A device whose child JVM does not run yet.
     *
     * @param threads of libtorch
     * @param cores that those threads may use
     * @param log file the child's errors are appended to
     */
    public Device(DeviceName name, int threads, Cores cores, Path log) {
        this(name, threads, cores, log, PATIENCE, KEPT_OPEN, DeviceMain.class);
    }

    /**
     * A device with another child.
     *
     * @param patience how long a child may be silent while a command is under way, before it is killed
     * @param keptOpen how long nobody asks for anything before the child is ended; about twice as long at most
     * @param main class of the child JVM; answers commands on its standard output
     */
    public Device(
            DeviceName name, int threads, Cores cores, Path log, Duration patience, Duration keptOpen, Class<?> main) {
        this.jvm = new ChildJvm(name, threads, cores, log, main);
        this.patience = patience;
        this.keptOpen = keptOpen;
    }

    public String name() {
        return jvm.device().toString();
    }

    public boolean isCuda() {
        return jvm.device().isCuda();
    }

    /** How many commands the child JVM was lost with up to now, whoever gave them. */
    public long losses() {
        return losses.get();
    }

    /** Waits for the device; it is the caller's until closed. Empty when others kept it for that long. */
    public Optional<Turn> takeTurn(Duration atMost) throws InterruptedException {
        return turns.tryAcquire(atMost.toMillis(), TimeUnit.MILLISECONDS) ? Optional.of(new Turn()) : Optional.empty();
    }

    /** The right to use the device. */
    public final class Turn implements Rank, AutoCloseable {
        private Turn() {}

        /** Of the device, e.g. {@code cpu:0}. */
        @Override
        public String deviceName() {
            return name();
        }

        /** As {@link Device#peakMemoryBytes}. */
        @Override
        public long peakMemoryBytes() {
            return Device.this.peakMemoryBytes();
        }

        /** Asks for something; throws {@link DeviceLost} or {@link DeviceRefused}. */
        public DeviceAnswer ask(DeviceCommand command) {
            return ask(command, _ -> {});
        }

        /** Asks for something that takes long. */
        @Override
        public DeviceAnswer ask(DeviceCommand command, Consumer<Progress> progress) {
            asked.incrementAndGet();
            try {
                return running().talk().ask(command, patience, progress);
            } catch (DeviceLost e) {
                losses.incrementAndGet();
                throw e;
            } finally {
                asked.incrementAndGet();
            }
        }

        /** Asks for something that is answered in one way only. */
        public <T extends DeviceAnswer> T ask(DeviceCommand command, Class<T> answer) {
            return answer.cast(ask(command));
        }

        /** Whether the device answers at all: the child JVM runs or can be started, and finds what it computes on. */
        public boolean isWell() {
            try {
                return ask(new DeviceCommand.FindDevice()) instanceof DeviceAnswer.Found;
            } catch (DeviceLost | DeviceRefused | UncheckedIOException e) { // the last: no process can be started
                LOG.warn("{} is not well: {}", name(), e.getMessage());
                return false;
            }
        }

        /** Starts the child JVM, so that the first command need not wait for it. */
        public void warmUp() {
            running();
        }

        /** As {@link Device#kill}. */
        @Override
        public void kill() {
            Device.this.kill();
        }

        @Override
        public void close() {
            turns.release();
        }
    }

    /** Ends the child when nobody has asked for anything for a while: its memory is the machine's again. */
    private void endWhenIdle(DeviceProcess running) {
        try {
            while (isAlive(running)) {
                long before = asked.get();
                Thread.sleep(keptOpen);
                if (asked.get() == before) {
                    end(running, before);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Unless somebody has the device, or has asked again. */
    private void end(DeviceProcess running, long before) throws InterruptedException {
        Optional<Turn> turn = takeTurn(ONE_TRY);
        if (turn.isEmpty()) {
            return;
        }
        try (Turn _ = turn.get()) {
            if (asked.get() == before) {
                LOG.info("{} has nothing to do: its process ends", name());
                running.talk().end();
            }
        }
    }

    /** Kills the child JVM, whatever it is computing; the next command starts another. One in flight is lost. */
    public synchronized void kill() {
        process.ifPresent(running -> running.talk().end());
    }

    /** Kills the child JVM for good: this and every later command throws {@link DeviceLost}. */
    @Override
    public synchronized void close() {
        closed = true;
        kill();
    }

    /** Process id of the child JVM, where one runs. */
    public synchronized Optional<Long> pid() {
        return process.filter(Device::isAlive).map(DeviceProcess::pid);
    }

    /** Most memory that the child JVM ever held, as it said some seconds ago; 0 where none runs or it is not known. */
    public synchronized long peakMemoryBytes() {
        return process.filter(Device::isAlive)
                .map(running -> running.talk().peakMemoryBytes())
                .orElse(0L);
    }

    private static boolean isAlive(DeviceProcess process) {
        return process.talk().isAlive();
    }

    private synchronized DeviceProcess running() {
        if (closed) {
            throw new DeviceLost(name(), "the device is closed");
        }
        return process.filter(Device::isAlive).orElseGet(this::start);
    }

    private DeviceProcess start() {
        DeviceProcess started = DeviceProcess.start(jvm);
        process = Optional.of(started);
        Thread.ofVirtual().name("idle-" + name()).start(() -> endWhenIdle(started));
        return started;
    }
}
