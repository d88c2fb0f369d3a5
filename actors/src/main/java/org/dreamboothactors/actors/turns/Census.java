package org.dreamboothactors.actors.turns;

import java.time.Duration;
import java.util.Map;

/**
 * All runs of the service at one moment.
 *
 * @param runs number by state: preparing, waiting, training, ready, rejected, failed, cancelled
 * @param oldest how long the oldest record of each work queue waits to be answered, of train-step to be taken
 */
public record Census(Map<String, Long> runs, Map<String, Duration> oldest) {
    public Census {
        runs = Map.copyOf(runs);
        oldest = Map.copyOf(oldest);
    }
}
