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
 */
public record Ranks(int rank, int count, Function<Layout, AllReduce> join) {
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
