package org.dreamboothactors.diffusion.training;

import java.util.function.Function;
import org.dreamboothactors.allreduce.AllReduce;
import org.dreamboothactors.allreduce.Layout;

/**
 * A trainer's place among those that train one run together, each in a process of its own.
 *
 * <p>All of them open the same trainer; each does its part of every step's micro-batches, and they end each step with the
 * same bits.
 *
 * @param rank from 0
 * @param count 1 or more
 * @param join takes the place and waits for the others; not called where the trainer is alone
 * @param bucketFloats gradients that are summed together as soon as they are there; with as many as there are the sums
 *     begin when the reverse pass is over
 */
public record Ranks(int rank, int count, Function<Layout, AllReduce> join, long bucketFloats) {
    /** 25 MiB: large enough for full speed, small enough to begin early. */
    private static final long BUCKET_FLOATS = 25L << 18;

    /** With buckets of the usual size. */
    public Ranks(int rank, int count, Function<Layout, AllReduce> join) {
        this(rank, count, join, BUCKET_FLOATS);
    }

    public Ranks {
        if (count < 1 || rank < 0 || rank >= count) {
            throw new IllegalArgumentException(
                    "Cannot train as rank " + rank + " of " + count + ", expected a rank from 0 and at least 1 rank");
        }
    }

    /** One trainer does it all. */
    public static Ranks alone() {
        return new Ranks(0, 1, layout -> {
            throw new IllegalStateException("A trainer alone has nobody to sum " + layout + " with");
        });
    }

    public boolean isAlone() {
        return count == 1;
    }
}
