package org.dreamboothactors.actors.device;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.dreamboothactors.actors.device.DeviceAnswer.Broken;
import org.dreamboothactors.actors.device.DeviceAnswer.Progress;
import org.dreamboothactors.actors.device.DeviceAnswer.Refused;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commands to a device and what it answers, in lines. One thread talks; any thread may end it.
 *
 * <p>Commands are answered in their order, without numbers. So whenever an answer is not waited for to its end, the other
 * side is ended: its answer would be taken for that of the next command.
 */
final class Talk {
    /** Ten signs of life that did not come: the process is stopped, or as good as that. */
    static final Duration LONGEST_SILENCE = Pulse.INTERVAL.multipliedBy(10);

    private static final Logger LOG = LoggerFactory.getLogger(Talk.class);
    private static final DeviceAnswer NOTHING = new DeviceAnswer.Done();
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final String device;
    private final Peer peer;
    private final Lines lines;
    /** Empty is the end of the pipe. Holds at most what one command is answered. */
    private final BlockingQueue<Optional<DeviceAnswer>> answers = new LinkedBlockingQueue<>();
    /** When the other side last said anything, {@link System#nanoTime}. */
    private volatile long lastSign = System.nanoTime();

    /** As it last said. */
    private volatile long peakMemoryBytes;

    /** A process lives on for a moment after it was killed. */
    private volatile boolean ended;

    /** The other side. */
    interface Peer {
        InputStream in();

        OutputStream out();

        boolean isAlive();

        /** At once, whatever it is computing. */
        void end();

        /** What became of it after it hung up. */
        String ending() throws InterruptedException;
    }

    private Talk(String device, Peer peer) {
        this.device = device;
        this.peer = peer;
        this.lines = new Lines(peer.in(), peer.out());
    }

    /** Listens from now on. */
    static Talk with(String device, Peer peer) {
        Talk talk = new Talk(device, peer);
        Thread.ofPlatform().daemon().name("answers-" + device).start(talk::listen);
        return talk;
    }

    /** Most that it ever held, as it said some seconds ago; 0: not known. */
    long peakMemoryBytes() {
        return peakMemoryBytes;
    }

    boolean isAlive() {
        return !ended && peer.isAlive();
    }

    /** Sends a command and waits for its answer; one that is silent for longer than {@code patience} is ended. */
    DeviceAnswer ask(DeviceCommand command, Duration patience, Consumer<Progress> progress) {
        try {
            write(command);
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
                    case DeviceAnswer.DoorOpened door -> {
                        return door;
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
                    case DeviceAnswer.Found found -> {
                        return found;
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw lost("the command was interrupted");
        } catch (DeviceRefused | DeviceLost e) {
            throw e;
        } catch (RuntimeException e) { // of the listener
            end();
            throw e;
        }
    }

    /** On a thread of its own: a process that is stopped reads nothing, and its pipe holds only so much. */
    private void write(DeviceCommand command) {
        Thread.ofPlatform().daemon().name("command-" + device).start(() -> {
            try {
                lines.write(command);
            } catch (IOException e) { // it ended, or is about to
                LOG.debug("{} does not read {}", device, command.getClass().getSimpleName(), e);
                answers.add(Optional.empty());
            }
        });
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

    /** Says that this side is there. */
    void beat() throws IOException {
        lines.beat();
    }

    /** Ends the other side at once, whatever it is computing. */
    void end() {
        ended = true;
        peer.end();
    }

    static void hangUp(Closeable connection) {
        try {
            connection.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
        end();
        return new DeviceLost(device, how);
    }

    private String ending() {
        try {
            return peer.ending();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "it was interrupted";
        }
    }
}
