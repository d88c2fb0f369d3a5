package org.dreamboothactors.actors.turns;

import java.util.HashMap;
import java.util.Map;

/**
 * How much of the devices each tenant had for training lately: seconds times devices, of which a day takes half. Not
 * thread-safe.
 *
 * <p>Old use fades, so that who trained a lot last week is not kept behind a newcomer for a week. All fade alike: the
 * order of two tenants changes only with what they use.
 */
final class Shares {
    private static final double HALF_LIFE_SECONDS = 24 * 3600;

    private final Map<String, Share> shares = new HashMap<>();

    private record Share(double seconds, long atMs) {
        double at(long nowMs) {
            return seconds * Math.pow(2, -Math.max(0, nowMs - atMs) / 1000.0 / HALF_LIFE_SECONDS);
        }
    }

    /** Adds a time that ended at {@code atMs}. */
    void add(String tenant, double deviceSeconds, long atMs) {
        Share before = shares.getOrDefault(tenant, new Share(0, atMs));
        long newest = Math.max(before.atMs(), atMs);
        shares.put(tenant, new Share(before.at(newest) + deviceSeconds, newest));
    }

    /** Device seconds by tenant as they count now. */
    Map<String, Double> at(long nowMs) {
        Map<String, Double> now = new HashMap<>();
        shares.forEach((tenant, share) -> now.put(tenant, share.at(nowMs)));
        return now;
    }
}
