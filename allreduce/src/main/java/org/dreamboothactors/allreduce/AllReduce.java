package org.dreamboothactors.allreduce;

import java.lang.foreign.MemorySegment;

/**
 * One rank's end of an all-reduce. All ranks make the same calls in the same order; each call waits for the others.
 *
 * <p>Each number is the sum of the ranks' numbers in an order that depends on its place alone: the ring's order, from
 * the rank whose chunk it is in. So all ranks end with the same bits, in every run and over every transport. After a
 * {@link RingBroken} nothing but {@link #close} makes sense. The calls belong to one thread at a time.
 */
public interface AllReduce extends AutoCloseable {

    /** Most numbers of one {@link #gather}. */
    int MOST_GATHERED = 16;

    Member member();

    /**
     * This rank's numbers, fp32 in the order of bytes of the machine, all zero at first. Any thread may fill a range
     * that no {@link #sum} is busy with. Freed by {@link #close}.
     */
    MemorySegment numbers();

    /**
     * Replaces a range of {@link #numbers} by the sums over all ranks.
     *
     * @param offset of the first number
     * @param floats 0 or more
     * @throws RingBroken when a rank does not take part in time
     */
    void sum(long offset, long floats);

    /**
     * What every rank said, by rank: for a few numbers beside the large sums.
     *
     * @param mine up to {@link #MOST_GATHERED}, as many at every rank
     * @throws RingBroken when a rank does not take part in time
     */
    long[][] gather(long... mine);

    /** Leaves; ranks that still wait for this one are told so. */
    @Override
    void close();
}
