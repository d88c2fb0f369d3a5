package org.dreamboothactors.actors.trainer;

/** The run's settings cannot mean anything. */
final class InvalidRun extends RuntimeException {
    private static final long serialVersionUID = 1;

    InvalidRun(RuntimeException cause) {
        super(cause.getMessage(), cause);
    }
}
