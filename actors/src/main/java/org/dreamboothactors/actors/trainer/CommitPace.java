package org.dreamboothactors.actors.trainer;

import java.time.Duration;

/**
 * When to commit: seldom enough to cost under 5 % of the time, often enough to risk little work. A log that is long gets
 * longer ever more slowly: whoever goes on reads all of it.
 */
final class CommitPace {
    private static final Duration FIRST = Duration.ofSeconds(5);
    /** Twenty times the cost is 5 % overhead. */
    private static final int COST_FACTOR = 20;
    /** From fifty commits on the pace slackens; of a run of nine hours there are a thousand. */
    private static final Duration PER_COMMIT = Duration.ofMillis(100);

    private final Duration longest;
    private Duration interval = FIRST;

    CommitPace(Duration longest) {
        this.longest = longest;
        interval = shorter(FIRST, longest);
    }

    boolean isDue(Duration sinceLast) {
        return sinceLast.compareTo(interval) >= 0;
    }

    /**
     * Learns what a commit cost, upload included.
     *
     * @param commits that the log has by now
     */
    void learn(Duration cost, long commits) {
        Duration wanted = longer(cost.multipliedBy(COST_FACTOR), PER_COMMIT.multipliedBy(commits));
        interval = shorter(longer(FIRST, wanted), longest);
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? other : one;
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
