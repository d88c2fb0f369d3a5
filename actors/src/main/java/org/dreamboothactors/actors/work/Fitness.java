package org.dreamboothactors.actors.work;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.dreamboothactors.actors.device.Device;
import org.dreamboothactors.actors.device.DeviceCommand;
import org.dreamboothactors.actors.device.DeviceLost;
import org.dreamboothactors.actors.device.DeviceRefused;

/**
 * Whether a device and the disk beside it can be worked with: asked before a record is taken, once several in a row came to
 * no end. Records have few deliveries, and one sick node must not use up those of all runs that wait.
 *
 * <p>Of one queue, whose threads have it one after the other; it outlives restarts of the queue's actor.
 */
public final class Fitness {
    private static final int SUSPICIOUS = 3;
    private static final int PROBE_BYTES = 1 << 20;

    private final Path scratchFolder;
    private final AtomicInteger failures = new AtomicInteger();

    /** @param scratchFolder where work on the device has its files */
    public Fitness(Path scratchFolder) {
        this.scratchFolder = scratchFolder;
    }

    void succeeded() {
        failures.set(0);
    }

    /** A record came to no end, or the device was lost under it, whatever became of the record. */
    void failed() {
        failures.incrementAndGet();
    }

    /** Whether so much failed, one after the other, that {@link #ailment} is to be asked. */
    boolean isSuspicious() {
        return failures.get() >= SUSPICIOUS;
    }

    /** What is wrong; where it is nothing, the failures are forgotten. */
    Optional<String> ailment(Device.Turn device) {
        try (Scratch scratch = Scratch.below(scratchFolder)) {
            Files.write(scratch.file("probe"), new byte[PROBE_BYTES]);
            device.ask(new DeviceCommand.FindDevice());
            failures.set(0);
            return Optional.empty();
        } catch (IOException | UncheckedIOException e) {
            return Optional.of("nothing can be written to " + scratchFolder + ": " + e.getMessage());
        } catch (DeviceLost | DeviceRefused e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }
}
