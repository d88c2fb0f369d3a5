package org.dreamboothactors.actors.work;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class SteadyClockTest {
    private static final Instant BEGIN = Instant.parse("2026-11-28T12:00:00Z");

    private Instant wall = BEGIN;
    private long nanos = -5_000_000_000L; // nanoTime may begin anywhere
    private final SteadyClock clock = new SteadyClock(() -> wall, () -> nanos);

    private Duration passed() {
        return Duration.between(BEGIN, clock.instant());
    }

    private void pass(Duration time) {
        nanos += time.toNanos();
        wall = wall.plus(time);
    }

    @Test
    void itGoesOnWhenTheWallClockIsSetBack() {
        pass(Duration.ofSeconds(3));
        wall = wall.minus(Duration.ofMinutes(10));

        assertThat(passed()).isEqualTo(Duration.ofSeconds(3));
        pass(Duration.ofSeconds(4));
        assertThat(passed()).isEqualTo(Duration.ofSeconds(7));
    }

    @Test
    void aSleepOfTheMachineCounts() {
        pass(Duration.ofSeconds(3));
        wall = wall.plus(Duration.ofHours(2)); // the monotonic clock stands still meanwhile
        assertThat(passed()).isEqualTo(Duration.ofSeconds(7203));

        pass(Duration.ofSeconds(4));
        assertThat(passed()).isEqualTo(Duration.ofSeconds(7207));
    }

    @Test
    void aSleepCountsAlsoAfterTheClockWasSetBack() {
        wall = wall.minus(Duration.ofMinutes(10));
        assertThat(passed()).isZero();
        wall = wall.plus(Duration.ofMinutes(5));

        assertThat(passed()).isEqualTo(Duration.ofMinutes(5));
    }

    @Test
    void aJumpForwardIsNotTakenBackWithTheClock() {
        wall = wall.plus(Duration.ofMinutes(5));
        assertThat(passed()).isEqualTo(Duration.ofMinutes(5));

        wall = wall.minus(Duration.ofMinutes(5));
        pass(Duration.ofSeconds(1));
        assertThat(passed()).isEqualTo(Duration.ofSeconds(301));
    }

    @Test
    void correctionsOfATimeServerAreLeftOut() {
        pass(Duration.ofSeconds(3));
        wall = wall.plusMillis(40);

        assertThat(passed()).isEqualTo(Duration.ofSeconds(3));
    }
}
