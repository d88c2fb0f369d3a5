package org.dreamboothactors.actors.turns;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What follows from how all open runs stand. Pure: whoever knows the same runs decides the same.
 *
 * @param runs all that are open, and ended ones whose pictures are asked for
 */
record Choice(List<Standing> runs, Order order) {
    /** Who makes way before others: lower priority, then who began later and loses least. */
    private static final Comparator<Standing> WEAKEST = Comparator.comparingInt(Standing::priority)
            .thenComparing(Comparator.comparingLong(Standing::sinceMs).reversed())
            .thenComparing(Standing::runId);

    Choice {
        runs = List.copyOf(runs);
    }

    /**
     * The run whose record is to be put on the queue.
     *
     * <p>One record at a time waits to be taken, so that who is next is decided when a trainer is free and not before.
     * A run of higher priority does not wait for that. While a run prepares itself that will go first, no other takes its
     * device: its latents may wait behind those of many others.
     */
    Optional<Standing> next() {
        return runs.stream()
                .filter(run -> run.phase() == Phase.QUEUED)
                .min(order)
                .filter(best -> runs.stream()
                        .noneMatch(run -> (run.phase() == Phase.ASKED && !mayPass(best, run))
                                || (run.prepares() && order.outranks(run, best))));
    }

    /** Whether the record of one may be written while that of another waits. */
    private static boolean mayPass(Standing one, Standing other) {
        return one.priority() > other.priority() && (!one.lacksDevices() || other.lacksDevices());
    }

    /** What others want of the device that {@code mine} has or is about to get. */
    Claim claim(Standing mine, long nowMs) {
        if (mine.phase().holdsDevice() ? isVictim(mine) : goesAfterOthers(mine)) {
            return Claim.NOW;
        }
        Standing queued = mine.queuedAt(nowMs);
        return mine.requests() > 0
                        || others(mine).anyMatch(run -> run.requests() > 0 || gathers(run))
                        || others(mine)
                                .filter(run -> run.phase().waits() || mayBeGone(run, mine))
                                .anyMatch(run -> order.compare(run, queued) < 0)
                ? Claim.AT_SLICE_END
                : Claim.NONE;
    }

    /** Whether the record of this run was written before someone came who goes first. */
    private boolean goesAfterOthers(Standing mine) {
        return runs.stream().anyMatch(run -> run.wants() > 0 && order.outranks(run, mine));
    }

    /** Others whose work goes before that of {@code mine}, or is its equal. */
    private Stream<Standing> others(Standing mine) {
        return runs.stream().filter(run -> !run.runId().equals(mine.runId()) && run.priority() >= mine.priority());
    }

    /** It has one device and waits for more. */
    private static boolean gathers(Standing run) {
        return run.phase() == Phase.TAKEN && run.devices() > 1;
    }

    /** Whether the device of this run is needed beside those of weaker runs and those that became free already. */
    private boolean isVictim(Standing mine) {
        List<Standing> demanding = runs.stream()
                .filter(run -> run.priority() > mine.priority() && wants(run, mine) > 0)
                .toList();
        int demand = demanding.stream().mapToInt(run -> wants(run, mine)).sum();
        long since = demanding.stream().mapToLong(Standing::wantsSinceMs).min().orElse(0);
        int others = runs.stream()
                .filter(run -> !run.runId().equals(mine.runId()))
                .filter(run -> run.phase().holdsDevice()
                        ? WEAKEST.compare(run, mine) < 0
                        : run.yieldedAtMs() >= since && run.priority() <= mine.priority())
                .mapToInt(Standing::devices)
                .sum();
        return others < demand;
    }

    /** Devices that a stronger run would take, were {@code mine} to give its own. */
    private static int wants(Standing run, Standing mine) {
        return run.wants() + (mayBeGone(run, mine) ? run.devices() : 0);
    }

    /**
     * Whether the trainer of a run may be gone: then its record waits, and a device that is freed takes it first. Where the
     * trainer is there after all, who made way has the next record, and does so once.
     */
    private static boolean mayBeGone(Standing run, Standing mine) {
        return run.phase() == Phase.SILENT && mine.yieldedAtMs() < run.wantsSinceMs();
    }
}
