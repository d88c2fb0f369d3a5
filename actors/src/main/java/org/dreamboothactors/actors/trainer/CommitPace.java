package org.dreamboothactors.actors.trainer;

import java.time.Duration;

/** When to commit: seldom enough to cost under 5 % of the time, often enough to risk little work. */
final class CommitPace {
    private static final Duration FIRST = Duration.ofSeconds(5);
    /** Twenty times the cost is 5 % overhead. */
    private static final int COST_FACTOR = 20;

    private final Duration longest;
    private Duration interval = FIRST;

    CommitPace(Duration longest) {
        this.longest = longest;
        interval = shorter(FIRST, longest);
    }

    boolean isDue(Duration sinceLast) {
        return sinceLast.compareTo(interval) >= 0;
    }

    /** Learns what a commit cost, upload included. */
    void learn(Duration cost) {
        Duration wanted = cost.multipliedBy(COST_FACTOR);
        interval = shorter(wanted.compareTo(FIRST) < 0 ? FIRST : wanted, longest);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
