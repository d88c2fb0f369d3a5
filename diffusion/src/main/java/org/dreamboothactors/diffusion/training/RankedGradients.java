package org.dreamboothactors.diffusion.training;

import ai.djl.ndarray.NDArray;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.zip.CRC32C;
import org.dreamboothactors.allreduce.AllReduce;
import org.dreamboothactors.allreduce.RingBroken;
import org.dreamboothactors.allreduce.RingBroken.Cause;
import org.dreamboothactors.allreduce.RingBroken.Kind;
import org.dreamboothactors.diffusion.Exchange;
import org.dreamboothactors.diffusion.kernels.Kernels;

/**
 * Gradients that are summed over all ranks while the reverse pass still computes earlier ones.
 *
 * <p>Each gradient is copied to the memory that the ranks sum, and on a processor is that memory from then on. Gradients
 * come in the same order in every step and at every rank, since the model decides it; that order is the layout of the buckets.
 * Owned by the trainer's thread; sums run on a thread of their own.
 */
public final class RankedGradients implements AutoCloseable {
    private final Placing placing;
    private final AllReduce reduce;
    private final int expected;
    private final long bucketFloats;
    private final ExecutorService exchange = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("all-reduce").factory());
    private final CRC32C bits = new CRC32C();
    private CompletableFuture<Void> sums = CompletableFuture.completedFuture(null);
    private int arrived;
    private long bucketStart;
    private long end;
    private Exchange lastExchange = Exchange.NONE;
    /** Written by the thread of the sums, read when they are done. */
    private long summingNanos;

    private RankedGradients(Placing placing, AllReduce reduce, int expected, long bucketFloats) {
        this.bucketFloats = bucketFloats;
        this.placing = placing;
        this.reduce = reduce;
        this.expected = expected;
    }

    /** Joins the other ranks, which must learn the same weights; empty for a trainer alone. */
    public static Optional<RankedGradients> join(Kernels kernels, Ranks ranks, List<Optimizer> optimizers) {
        return join(Placing.on(kernels), ranks, optimizers);
    }

    static Optional<RankedGradients> join(Placing placing, Ranks ranks, List<Optimizer> optimizers) {
        if (ranks.isAlone()) {
            return Optional.empty();
        }
        SortedMap<String, NDArray> weights = new TreeMap<>();
        optimizers.forEach(optimizer -> weights.putAll(optimizer.weights()));
        AllReduce reduce = ranks.join().apply(GradientLayout.of(weights));
        return Optional.of(new RankedGradients(placing, reduce, weights.size(), ranks.bucketFloats()));
    }

    int count() {
        return reduce.member().ranks();
    }

    /** Takes a gradient that is whole on this rank; returns the tensor, of the same owner, that will hold the sum. */
    NDArray take(NDArray gradient) {
        arrived++;
        long bytes = gradient.size() * Float.BYTES;
        MemorySegment place = reduce.numbers().asSlice(end * Float.BYTES, bytes);
        NDArray shared = placing.put(gradient, place);
        end += GradientLayout.aligned(shared.size());
        if (end - bucketStart >= bucketFloats) {
            handOver();
        }
        return shared;
    }

    /**
     * Waits until all gradients are sums, with the same bits at every rank.
     *
     * @throws org.dreamboothactors.allreduce.RingBroken when a rank does not take part in time
     */
    void finish() {
        if (arrived != expected) {
            throw new IllegalStateException(
                    "Cannot sum over ranks: " + arrived + " gradients came, expected " + expected);
        }
        handOver();
        long begun = System.nanoTime();
        long bytes = end * Float.BYTES;
        try {
            var _ = sums.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
        compare(reduce.gather(bits.getValue()));
        placing.sumsAreThere();
        Duration summing = Duration.ofNanos(summingNanos);
        forget();
        lastExchange = new Exchange(Duration.ofNanos(System.nanoTime() - begun), summing, bytes);
    }

    /** Of the last {@link #finish}. */
    public Exchange lastExchange() {
        return lastExchange;
    }

    /** Means over the ranks, summed in their order; between steps. */
    double[] means(double... mine) {
        long[][] said = reduce.gather(
                Arrays.stream(mine).mapToLong(Double::doubleToLongBits).toArray());
        double[] means = new double[mine.length];
        for (long[] rank : said) {
            for (int i = 0; i < means.length; i++) {
                means[i] += Double.longBitsToDouble(rank[i]) / said.length;
            }
        }
        return means;
    }

    /** Begins anew; where sums are under way it waits for them, as long as the ranks wait for each other. */
    void forget() {
        var _ = sums.handle((_, _) -> true).join();
        placing.forget();
        sums = CompletableFuture.completedFuture(null);
        bits.reset();
        summingNanos = 0;
        arrived = 0;
        bucketStart = 0;
        end = 0;
    }

    private void handOver() {
        long start = bucketStart;
        long floats = end - bucketStart;
        bucketStart = end;
        if (floats > 0) {
            sums = sums.thenRunAsync(() -> sum(start, floats), exchange); // none after one that failed
        }
    }

    private void sum(long start, long floats) {
        long begun = System.nanoTime();
        reduce.sum(start, floats);
        bits.update(reduce.numbers()
                .asSlice(start * Float.BYTES, floats * Float.BYTES)
                .asByteBuffer());
        summingNanos += System.nanoTime() - begun;
    }

    private void compare(long[][] said) {
        for (int rank = 1; rank < said.length; rank++) {
            if (said[rank][0] != said[0][0]) {
                throw new RingBroken(
                        reduce.member(),
                        new Cause(Kind.DIFFERENT, rank, 0, Duration.ZERO),
                        "after the sum it has other gradients than rank 0, which is a fault of memory or of the program");
            }
        }
    }

    @Override
    public void close() {
        exchange.shutdownNow();
        reduce.close();
    }
}
