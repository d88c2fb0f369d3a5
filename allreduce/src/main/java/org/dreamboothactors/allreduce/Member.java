package org.dreamboothactors.allreduce;

/**
 * A place among the ranks of a run.
 *
 * @param run what is trained; all ranks say the same
 * @param attempt grows with every new gang of the run: members of an older one are refused
 * @param rank from 0
 * @param ranks 1 to {@value #MOST_RANKS}
 * @param layout of the numbers; all ranks say the same
 */
public record Member(String run, long attempt, int rank, int ranks, Layout layout) {
    public static final int MOST_RANKS = 64;
    private static final int LONGEST_RUN = 256;

    public Member {
        if (ranks < 1 || ranks > MOST_RANKS || rank < 0 || rank >= ranks) {
            throw new IllegalArgumentException("Cannot take part as rank " + rank + " of " + ranks
                    + ", expected a rank from 0 and 1 to " + MOST_RANKS + " ranks");
        }
        if (run.isEmpty() || run.length() > LONGEST_RUN || attempt < 0) {
            throw new IllegalArgumentException("Cannot take part in attempt " + attempt + " of run '" + run
                    + "', expected a name of 1 to " + LONGEST_RUN + " letters and an attempt from 0");
        }
    }

    /** Its place after {@code steps} along the ring. */
    public int after(int steps) {
        return Math.floorMod(rank + steps, ranks);
    }
}
