package org.dreamboothactors.actors.turns;

import java.util.List;

/** Knows whose latents and pictures go first. Any thread may ask; the answer may be a moment old. */
@FunctionalInterface
public interface Precedence {

    /**
     * Runs of higher priority than this one that asked for something of a topic which is not there yet, each as a word that
     * changes when it asks for more of it.
     */
    List<String> ahead(String runId, String topic);
}
