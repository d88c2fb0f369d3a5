package org.dreamboothactors.actors.turns;

/** Knows what waits for a device. Any thread may ask; the answer may be a moment old. */
@FunctionalInterface
public interface Waiting {

    /** What others want of the device that is given to this run, or about to be. */
    Claim claim(String runId);
}
