package org.dreamboothactors.allreduce.mapped;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Waits for another process to write to memory: spins for a moment, then sleeps longer and longer, up to 1 ms. */
final class Pause {
    private static final int SPINS = 500;
    private static final long SHORTEST_NANOS = 20_000;
    private static final long LONGEST_NANOS = 1_000_000;

    private final long begun = System.nanoTime();
    private int spins;
    private long sleepNanos = SHORTEST_NANOS;

    void longer() {
        if (spins < SPINS) {
            spins++;
            Thread.onSpinWait();
        } else {
            LockSupport.parkNanos(sleepNanos);
            sleepNanos = Math.min(LONGEST_NANOS, sleepNanos * 2);
        }
    }

    Duration waited() {
        return Duration.ofNanos(System.nanoTime() - begun);
    }
}
