package org.dreamboothactors.actors.intake;

/** A photo made the judging process die, or made it necessary to kill it. */
final class JudgeLost extends Exception {
    private static final long serialVersionUID = 1;

    JudgeLost(String how) {
        super(how);
    }
}
