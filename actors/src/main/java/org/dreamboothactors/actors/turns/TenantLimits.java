package org.dreamboothactors.actors.turns;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * What one tenant may have. Zero is no limit.
 *
 * @param waitingRuns that are open and without a trainer, at most
 * @param runTime that trainers have one run, at most
 * @param storedBytes of uploads, states and checkpoints from which on no run is accepted
 */
public record TenantLimits(int waitingRuns, Duration runTime, long storedBytes) {
    private static final double GIB = 1 << 30;

    public static TenantLimits none() {
        return new TenantLimits(0, Duration.ZERO, 0);
    }

    /** Why a new run of a tenant cannot be accepted, as the end of a sentence for people. */
    public Optional<String> complaint(Usage usage) {
        if (waitingRuns > 0 && usage.waitingBefore() >= waitingRuns) {
            return Optional.of("tenant " + usage.tenant() + " has " + usage.waitingBefore()
                    + " runs that wait for a trainer, expected fewer than " + waitingRuns
                    + " (tenant-waiting-runs). Submit it again when one of them trains, or cancel one");
        }
        if (storedBytes > 0 && usage.storedBytes() >= storedBytes) {
            return Optional.of("tenant " + usage.tenant() + " has " + gib(usage.storedBytes())
                    + " GiB in the store, expected less than " + gib(storedBytes)
                    + " (tenant-storage-gib). Erase runs, or have the limit raised");
        }
        return Optional.empty();
    }

    /** Why a run cannot go on, as a sentence for people. */
    public Optional<String> complaint(Duration trained) {
        return runTime.isZero() || trained.compareTo(runTime) < 0
                ? Optional.empty()
                : Optional.of("trainers had the run for " + trained.toSeconds() + " s, expected less than "
                        + runTime.toSeconds()
                        + " s (tenant-run-time). Ask for fewer or cheaper steps, or have the limit raised");
    }

    private static String gib(long bytes) {
        return String.format(Locale.ROOT, "%.1f", bytes / GIB);
    }
}
