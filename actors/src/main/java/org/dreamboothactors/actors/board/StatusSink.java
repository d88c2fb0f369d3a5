package org.dreamboothactors.actors.board;

/** Hears from every actor what it is doing; any thread may call, no call blocks. */
@FunctionalInterface
public interface StatusSink {
    /**
     * Replaces what is known of an actor.
     *
     * @param actor path below the guardian, e.g. {@code device-cpu-0/trainer}; slashes make the tree
     * @param state one of starting, idle, working, restarting, stopped
     * @param work for people, e.g. {@code run zig-1 step 120/400}; empty when idle
     */
    void report(String actor, String state, String work);
}
