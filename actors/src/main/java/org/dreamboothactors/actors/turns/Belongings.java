package org.dreamboothactors.actors.turns;

import java.util.List;
import java.util.Optional;

/** Knows what runs have in the store. Any thread may ask. */
@FunctionalInterface
public interface Belongings {

    /**
     * Keys of what a run that is to be erased has and no other run has.
     *
     * @param round of its erasure
     * @return empty while the history is not read up to this round here
     */
    Optional<List<String>> alone(String runId, int round);
}
