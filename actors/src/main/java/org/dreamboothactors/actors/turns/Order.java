package org.dreamboothactors.actors.turns;

import java.util.Comparator;
import java.util.Map;

/**
 * Who of two waiting runs goes first: the one that can have its devices, then the one of higher priority, then that of the tenant who had less of the devices
 * lately, then the one that waits longer.
 *
 * @param used device time by tenant; one that is not named had none
 */
record Order(Map<String, Double> used) implements Comparator<Standing> {
    Order {
        used = Map.copyOf(used);
    }

    /** Whether {@code one} goes first however long {@code other} has waited. */
    boolean outranks(Standing one, Standing other) {
        if (one.lacksDevices() != other.lacksDevices()) {
            return other.lacksDevices();
        }
        return one.priority() > other.priority()
                || (one.priority() == other.priority() && !one.isEnded() && used(one) < used(other));
    }

    private double used(Standing run) {
        return used.getOrDefault(run.tenant(), 0.0);
    }

    @Override
    public int compare(Standing one, Standing other) {
        return Comparator.comparing(Standing::lacksDevices)
                .thenComparing(Comparator.comparingInt(Standing::priority).reversed())
                .thenComparingDouble(this::used)
                .thenComparingLong(Standing::sinceMs)
                .thenComparing(Standing::runId)
                .compare(one, other);
    }
}
