package org.dreamboothactors.actors.device;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;

/**
 * The devices of a node, for runs that want several at once.
 *
 * <p>Whoever gathers devices holds one already. Two that gather at the same time could each wait for what the other holds,
 * so one gathers and the other is sent away.
 */
public final class Recruits {
    private final List<Device> devices;
    private final Semaphore gathering = new Semaphore(1);
    private volatile OptionalInt wanted = OptionalInt.empty();

    public Recruits(List<Device> devices) {
        this.devices = List.copyOf(devices);
    }

    /** Devices of the node. */
    public int size() {
        return devices.size();
    }

    /** Whether a run of higher priority gathers devices. Any thread may ask. */
    public boolean areWantedAbove(int priority) {
        OptionalInt by = wanted;
        return by.isPresent() && by.getAsInt() > priority;
    }

    /** What became of a search for devices. */
    public sealed interface Search {}

    /** Their turns are the searcher's until closed. */
    public record Found(List<Device.Turn> turns) implements Search {
        public Found {
            turns = List.copyOf(turns);
        }
    }

    /** Others work with them, or gather. */
    public record Busy() implements Search {}

    /** Too many are out of order for it to make sense to wait. */
    public record Unwell() implements Search {}

    /**
     * Waits for devices that others work with now, until it took {@code atMost} or {@code over} says so.
     *
     * @param mine the device that the caller has
     * @param more how many beside it
     * @param priority of the run; those of lower priority are asked to make way
     */
    public Search gather(Device.Turn mine, int more, int priority, Duration atMost, BooleanSupplier over) {
        if (more == 0) {
            return new Found(List.of());
        }
        if (!gathering.tryAcquire()) {
            return new Busy();
        }
        wanted = OptionalInt.of(priority);
        List<Device.Turn> taken = new ArrayList<>();
        List<Device> free = new ArrayList<>(devices);
        free.removeIf(device -> device.name().equals(mine.deviceName()));
        boolean found = false;
        try {
            long end = System.nanoTime() + atMost.toNanos();
            while (taken.size() < more
                    && taken.size() + free.size() >= more
                    && System.nanoTime() < end
                    && !over.getAsBoolean()) {
                for (Device device : List.copyOf(free)) {
                    if (taken.size() < more) {
                        device.takeTurn(Device.ONE_TRY).ifPresent(turn -> {
                            free.remove(device);
                            keepIfWell(device, turn, taken);
                        });
                    }
                }
            }
            found = taken.size() == more;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            wanted = OptionalInt.empty();
            gathering.release();
            if (!found) {
                taken.forEach(Device.Turn::close);
            }
        }
        if (found) {
            return new Found(taken);
        }
        return taken.size() + free.size() < more ? new Unwell() : new Busy();
    }

    /** One that never lost anything is not asked: its process may have to be started for that. */
    private static void keepIfWell(Device device, Device.Turn turn, List<Device.Turn> taken) {
        if (device.losses() == 0 || turn.isWell()) {
            taken.add(turn);
        } else {
            turn.close();
        }
    }
}
