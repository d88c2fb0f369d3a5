package org.dreamboothactors.actors.intake;

/** A photo made the judging process die, or made it necessary to kill it. */
final class JudgeLost extends Exception {
    private static final long serialVersionUID = 1;

    private final boolean killed;

    JudgeLost(String how) {
        this(how, false);
    }

    private JudgeLost(String how, boolean killed) {
        super(how);
        this.killed = killed;
    }

    /** Somebody else killed it, as a kernel that is out of memory does. */
    static JudgeLost killed(String how) {
        return new JudgeLost(how, true);
    }

    /** Whether the photo may not be to blame. */
    boolean isKilled() {
        return killed;
    }
}
