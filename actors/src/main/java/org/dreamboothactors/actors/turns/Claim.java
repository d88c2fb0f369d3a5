package org.dreamboothactors.actors.turns;

/** What others want of the device that a run has. */
public enum Claim {
    /** Nobody wants it, or nobody who would be given it. */
    NONE,
    /** Work of the same priority waits: the run goes on until its time slice is over. */
    AT_SLICE_END,
    /** A run of higher priority wants it; or, while no step is done, any run that goes first. */
    NOW
}
