package org.dreamboothactors.actors.board.runs;

/** Where a run stands. */
public enum RunState {
    REQUESTED,
    PREPARING,
    TRAINING,
    /** It can be trained, or trained further, and waits for its turn. */
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
