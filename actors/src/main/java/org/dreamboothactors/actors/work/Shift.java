package org.dreamboothactors.actors.work;

/** One delivery of a record, as the one who works on it sees it. Safe from any thread. */
public interface Shift {

    /** Whether to stop soon: the service is closing, or the record's lock was lost and another may work on it. */
    boolean over();

    /** Whether another may work on the record. */
    boolean lost();

    /** How often the record was given out, this time included; it can be a limited number of times. */
    int delivery();

    /** Tells operators what is being done, e.g. {@code zig-1: step 120 of 400}. */
    void says(String work);
}
