package org.dreamboothactors.actors.turns;

import java.util.List;
import java.util.Optional;

/** Knows what runs have in the store. Any thread may ask. */
@FunctionalInterface
public interface Belongings {

    /**
     * Keys of the photos and latents that a run which is to be erased has, and no other run but such that are to be erased.
     *
     * @param round of its erasure
     * @return empty while the history is not read up to this round here, and while another run of the same photos is being
     *     prepared
     */
    Optional<List<String>> alone(String runId, int round);
}
