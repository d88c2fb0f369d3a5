package org.dreamboothactors.actors.device;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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

    /**
     * Waits for devices that others work with now; the turns are the caller's until closed. Empty when someone else
     * gathers, when it takes longer than {@code atMost}, or when {@code over} says so.
     *
     * @param mine the device that the caller has
     * @param more how many beside it
     * @param priority of the run; those of lower priority are asked to make way
     */
    public Optional<List<Device.Turn>> gather(
            Device.Turn mine, int more, int priority, Duration atMost, BooleanSupplier over) {
        if (more == 0) {
            return Optional.of(List.of());
        }
        if (!gathering.tryAcquire()) {
            return Optional.empty();
        }
        wanted = OptionalInt.of(priority);
        List<Device.Turn> taken = new ArrayList<>();
        try {
            long end = System.nanoTime() + atMost.toNanos();
            List<Device> free = new ArrayList<>(devices);
            free.removeIf(device -> device.name().equals(mine.deviceName()));
            while (taken.size() < more && System.nanoTime() < end && !over.getAsBoolean()) {
                for (Device device : List.copyOf(free)) {
                    if (taken.size() < more) {
                        device.takeTurn(Device.ONE_TRY).ifPresent(turn -> {
                            taken.add(turn);
                            free.remove(device);
                        });
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            wanted = OptionalInt.empty();
            gathering.release();
        }
        if (taken.size() < more) {
            taken.forEach(Device.Turn::close);
            return Optional.empty();
        }
        return Optional.of(taken);
    }
}
