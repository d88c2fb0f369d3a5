package org.dreamboothactors.actors.turns;

import java.util.List;

/** Knows whose latents and pictures go first. Any thread may ask; the answer may be a moment old. */
@FunctionalInterface
public interface Precedence {

    /**
     * Runs of higher priority than this one whose latents or pictures are asked for and not there, each as a word that
     * changes when more is asked for it.
     */
    List<String> ahead(String runId);
}
