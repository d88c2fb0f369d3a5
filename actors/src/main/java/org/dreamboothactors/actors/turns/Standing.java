package org.dreamboothactors.actors.turns;

import org.dreamboothactors.protocol.v1.Priority;

/**
 * An open run at one moment, with all that decides about its turn. Times are milliseconds since 1970.
 *
 * @param priority higher goes first
 * @param devices that it trains on
 * @param sinceMs when it entered its phase
 * @param wantsSinceMs when it first wanted a device since it last had a trainer; 0: it did not
 * @param yieldedAtMs when it last made way; 0: never
 * @param lacksDevices it had fewer than it wants a short while ago, and others go first
 * @param requests its latents and pictures that were asked for and not answered, each for one device
 */
record Standing(
        String runId,
        String tenant,
        int priority,
        int devices,
        Phase phase,
        long sinceMs,
        long wantsSinceMs,
        long yieldedAtMs,
        boolean lacksDevices,
        int requests) {
    private static final int USUAL = Priorities.weight(Priority.NORMAL);

    /** A run of which only pictures are known, as when it has ended. */
    static Standing unknown(String runId) {
        return new Standing(runId, "", USUAL, 1, Phase.PREPARING, 0, 0, 0, false, 0);
    }

    /** Whether it is known for its pictures only. */
    boolean isEnded() {
        return tenant.isEmpty();
    }

    /** Whether it is on its way to a trainer, also in the moments between one kind of work and the next. */
    boolean prepares() {
        return requests > 0 || (phase == Phase.PREPARING && wantsSinceMs > 0);
    }

    /** Devices that it waits for. */
    int wants() {
        return requests + (phase.waits() && !lacksDevices ? devices : 0);
    }

    /** As others see it whose trainer tells nothing. */
    Standing silentSince(long ms) {
        return new Standing(
                runId, tenant, priority, devices, Phase.SILENT, ms, ms, yieldedAtMs, lacksDevices, requests);
    }

    /** As it would stand if it made way now. */
    Standing queuedAt(long nowMs) {
        return new Standing(runId, tenant, priority, devices, Phase.QUEUED, nowMs, nowMs, nowMs, false, requests);
    }
}
