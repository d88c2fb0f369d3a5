package org.dreamboothactors.actors.coordinator;

import java.util.List;

/**
 * What is to go from the store in one round of a run's erasure.
 *
 * @param keys of objects that the run shares with none, beside those in folders of its own
 */
record Erasing(String runId, int round, List<String> keys) {
    Erasing {
        keys = List.copyOf(keys);
    }
}
