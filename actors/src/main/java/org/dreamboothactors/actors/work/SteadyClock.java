package org.dreamboothactors.actors.work;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * Time for locks, slices and limits: it never goes back, and runs on steadily when the machine's clock is set back. Where
 * the machine's clock goes forward by more than the monotonic one it follows, because a machine that slept has lost its
 * locks; a clock that is set forward is taken for that. After a jump and back it is ahead of the machine's clock, so it
 * tells durations, not dates. Safe from any thread.
 */
public final class SteadyClock implements InstantSource {
    /** A clock that is slewed by its time server moves by far less between two looks. */
    private static final Duration LEAP = Duration.ofSeconds(1);

    private final InstantSource wall;
    private final LongSupplier nanoTime;
    private final long begin;
    private Instant atBegin;

    SteadyClock(InstantSource wall, LongSupplier nanoTime) {
        this.wall = wall;
        this.nanoTime = nanoTime;
        this.begin = nanoTime.getAsLong();
        this.atBegin = wall.instant();
    }

    /** That goes with the machine's. */
    public static SteadyClock system() {
        return new SteadyClock(InstantSource.system(), System::nanoTime);
    }

    @Override
    public synchronized Instant instant() {
        Instant steady = atBegin.plusNanos(nanoTime.getAsLong() - begin);
        Instant shown = wall.instant();
        if (shown.isAfter(steady.plus(LEAP))) {
            atBegin = atBegin.plus(Duration.between(steady, shown));
            return shown;
        }
        return steady;
    }
}
