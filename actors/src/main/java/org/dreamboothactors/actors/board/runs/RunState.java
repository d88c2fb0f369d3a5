package org.dreamboothactors.actors.board.runs;

/** Where a run stands. */
public enum RunState {
    REQUESTED,
    PREPARING,
    TRAINING,
    /** Its time slice was over; it goes on with the next train-step record. */
    WAITING,
    READY,
    REJECTED,
    FAILED,
    CANCELLED;

    /** Whether this state is the last one. */
    public boolean over() {
        return switch (this) {
            case REQUESTED, PREPARING, TRAINING, WAITING -> false;
            case READY, REJECTED, FAILED, CANCELLED -> true;
        };
    }
}
