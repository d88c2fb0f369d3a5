package org.dreamboothactors.actors.work;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * Time for locks, slices and limits: it never goes back, and runs on steadily when the machine's clock is set back. Where
 * the machine's clock goes forward by more than the monotonic one since the last look it follows, because a machine that slept has lost its
 * locks; a clock that is set forward is taken for that. After a jump and back it is ahead of the machine's clock, so it
 * tells durations, not dates. Safe from any thread.
 */
public final class SteadyClock implements InstantSource {
    /** A clock that is slewed by its time server moves by far less between two looks. */
    private static final Duration LEAP = Duration.ofSeconds(1);

    private final InstantSource wall;
    private final LongSupplier nanoTime;
    private Instant time;
    private Instant lastWall;
    private long lastNanos;

    SteadyClock(InstantSource wall, LongSupplier nanoTime) {
        this.wall = wall;
        this.nanoTime = nanoTime;
        this.lastNanos = nanoTime.getAsLong();
        this.lastWall = wall.instant();
        this.time = lastWall;
    }

    /** That goes with the machine's. */
    public static SteadyClock system() {
        return new SteadyClock(InstantSource.system(), System::nanoTime);
    }

    @Override
    public synchronized Instant instant() {
        long nanos = nanoTime.getAsLong();
        Instant shown = wall.instant();
        Duration steady = Duration.ofNanos(nanos - lastNanos);
        Duration byWall = Duration.between(lastWall, shown);
        time = time.plus(byWall.compareTo(steady.plus(LEAP)) > 0 ? byWall : steady);
        lastNanos = nanos;
        lastWall = shown;
        return time;
    }
}
