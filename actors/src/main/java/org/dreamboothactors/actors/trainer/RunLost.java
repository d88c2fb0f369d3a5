package org.dreamboothactors.actors.trainer;

import org.dreamboothactors.storage.CommitLog.Commit;

/** Another trainer went on with the run; this one must stop. */
final class RunLost extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient Commit winner;

    RunLost(Commit winner) {
        super("attempt " + winner.attempt() + " committed step " + winner.step() + " at place " + winner.index()
                + " of the log");
        this.winner = winner;
    }

    Commit winner() {
        return winner;
    }
}
