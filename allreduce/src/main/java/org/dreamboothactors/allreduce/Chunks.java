package org.dreamboothactors.allreduce;

/**
 * A range of numbers cut into one chunk a rank, on borders of cache lines.
 *
 * <p>Chunk c is summed in the order c, c + 1, ..., c + n - 1 (modulo n), and so ends at the rank before c: the order in
 * which the chunk goes round the ring.
 *
 * @param offset of the first number
 * @param floats numbers in all
 */
public record Chunks(long offset, long floats, int ranks) {
    /** A cache line. */
    private static final int GRAIN = 16;

    /** Refuses a range that is not in {@code member}'s numbers. */
    public static Chunks of(Member member, long offset, long floats) {
        long all = member.layout().floats();
        if (offset < 0 || floats < 0 || floats > all || offset > all - floats) {
            throw new IllegalArgumentException("Cannot sum " + floats + " numbers from " + offset + ": rank "
                    + member.rank() + " of " + member.run() + " has " + all);
        }
        return new Chunks(offset, floats, member.ranks());
    }

    /** First number of chunk {@code chunk}. */
    public long start(int chunk) {
        return offset + Math.min(floats, each() * chunk);
    }

    /** Numbers in it; the last chunks of a short range are empty. */
    public long length(int chunk) {
        return start(chunk + 1) - start(chunk);
    }

    /** The chunk that {@code rank} has the whole sum of. */
    public int ownedBy(int rank) {
        return (rank + 1) % ranks;
    }

    private long each() {
        long lines = Math.ceilDiv(floats, GRAIN);
        return Math.ceilDiv(lines, ranks) * GRAIN;
    }
}
