package org.dreamboothactors.campaign.faults;

import java.util.Locale;
import org.dreamboothactors.campaign.network.Scissors;
import org.dreamboothactors.campaign.processes.Cluster;

/** What can be done to a service. */
public enum Kind {
    /** SIGKILL of the child process that owns the device, while it trains or does other work. */
    KILL_WORKER,
    /** SIGKILL of the node that works on the run, its children with it; started again after a moment. */
    KILL_NODE,
    /** SIGKILL of the node that only coordinates; started again after a moment. */
    KILL_COORDINATOR,
    /** SIGSTOP of the child process for longer than its node waits for a sign of life. */
    STOP_WORKER,
    /** SIGSTOP of a node and its children for longer than locks and sessions last; then they wake up. */
    STOP_NODE,
    /** SIGSTOP of a node for longer than its locks last; its children wait for it, with the step done that they had begun. */
    STOP_SUPERVISOR,
    /** SIGKILL of the broker; started again after a moment. */
    RESTART_BROKER,
    /** SIGKILL of the store; started again after a moment. */
    RESTART_STORE,
    /** A node's connections to broker and store break, and new ones are refused. */
    CUT,
    /** Nothing comes through between a node and its servers, without a word. */
    SILENCE,
    /** A node's connections carry 8 KiB in 40 ms. */
    SLOW,
    /** Old records are published again, in another order. */
    REPEAT,
    /** Connections between the nodes break again and again: those by which they train together. Needs {@code ss} and root. */
    CUT_RANKS,
    /** The file system of a node's files, or of the store, is full. Needs root. */
    FILL_DISK,
    /** The child process gets no more memory. */
    STARVE_WORKER,
    /** The wall clock of a node, the broker or the store jumps by up to a minute and a half, and back. Needs libfaketime. */
    JUMP_CLOCK,
    /** Both nodes with devices are killed at once. */
    KILL_ALL_WORKERS;

    /**
     * Without disks of their own nothing can be filled, without libfaketime no clock can jump, and runs on one device have
     * no connections between nodes.
     */
    public boolean isPossible(int ranks) {
        return switch (this) {
            case FILL_DISK -> Cluster.disksCanBeFilled();
            case JUMP_CLOCK -> Cluster.clocksCanJump();
            case CUT_RANKS -> ranks > 1 && Scissors.areThere();
            default -> true;
        };
    }

    /** For people and options, e.g. {@code kill-node}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
