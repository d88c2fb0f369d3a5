package org.dreamboothactors.allreduce.mapped;

/** Counters of a rank, each on a cache line of its own: others poll them while it writes its own. */
enum Cell {
    /** Process id of the rank; 0 before it joined. */
    PROCESS(0),
    /** When its process started, milliseconds: process ids come again. */
    PROCESS_START(1),
    /** 1 once it left. */
    LEFT(2),
    /** Number of the last call that it filled its numbers for. */
    FILLED(3),
    /** First number of that call. */
    OFFSET(4),
    /** Numbers of that call. */
    FLOATS(5),
    /** Number of the last call whose share of sums it handed out. */
    DONE(6),
    /** Why it thinks the ranks cannot go on: code of the kind; in rank 0's page, as the next ones. */
    BROKEN(7),
    BROKEN_RANK(8),
    BROKEN_BUCKET(9),
    BROKEN_NANOS(10),
    /** Set after the three above. */
    BROKEN_TOLD(11),
    /** What it said in the last gather; up to 16 numbers. */
    SAID(12);

    private static final long LINE_BYTES = 64;

    private final int line;

    Cell(int line) {
        this.line = line;
    }

    /** In the rank's page. */
    long offset() {
        return line * LINE_BYTES;
    }
}
