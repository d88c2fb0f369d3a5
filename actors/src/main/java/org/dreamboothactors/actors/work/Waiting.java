package org.dreamboothactors.actors.work;

/** Knows whether work waits for a device. Any thread may ask; the answer may be a moment old. */
@FunctionalInterface
public interface Waiting {

    /** Whether anything waits besides the training of this run: another run's work, or pictures of this one. */
    boolean others(String runId);
}
