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
    CANCELLED,
    /** It ended, and the store has nothing more of it. */
    ERASED;

    /** Whether this state is the last one. */
    public boolean over() {
        return switch (this) {
            case REQUESTED, PREPARING, TRAINING, WAITING -> false;
            case READY, REJECTED, FAILED, CANCELLED, ERASED -> true;
        };
    }
}
