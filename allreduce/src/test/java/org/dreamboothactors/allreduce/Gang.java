package org.dreamboothactors.allreduce;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Ranks of a test, each on a thread of its own. */
final class Gang {
    private static final Duration LONGEST_TEST = Duration.ofSeconds(60);

    private Gang() {}

    interface Rank<T> {
        T play(AllReduce reduce) throws Exception;
    }

    /** What each rank returned or threw, by rank. */
    static <T> List<Outcome<T>> play(List<Callable<AllReduce>> seats, Rank<T> rank) throws InterruptedException {
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            List<Future<T>> all = new ArrayList<>();
            for (Callable<AllReduce> seat : seats) {
                all.add(threads.submit(() -> {
                    try (AllReduce reduce = seat.call()) {
                        return rank.play(reduce);
                    }
                }));
            }
            List<Outcome<T>> outcomes = new ArrayList<>();
            for (Future<T> future : all) {
                outcomes.add(outcome(future));
            }
            return outcomes;
        }
    }

    private static <T> Outcome<T> outcome(Future<T> future) throws InterruptedException {
        try {
            return new Returned<>(future.get(LONGEST_TEST.toMillis(), TimeUnit.MILLISECONDS));
        } catch (ExecutionException e) {
            return new Threw<>(String.valueOf(e.getCause()), e);
        } catch (TimeoutException e) {
            throw new AssertionError("a rank neither returned nor threw within " + LONGEST_TEST, e);
        }
    }

    sealed interface Outcome<T> {
        default T value() {
            return switch (this) {
                case Returned<T>(T value) -> value;
                case Threw<T> threw -> throw new AssertionError(threw.text(), threw.error());
            };
        }

        default RingBroken.Cause broken() {
            if (this instanceof Threw<T> threw && threw.error().getCause() instanceof RingBroken broken) {
                return broken.why();
            }
            throw new AssertionError("expected a broken ring, got " + this);
        }
    }

    record Returned<T>(T value) implements Outcome<T> {}

    record Threw<T>(String text, ExecutionException error) implements Outcome<T> {}

    /** Numbers of very different sizes, so that another order of summing shows in the bits. */
    static float[] numbers(int floats, long seed, int rank) {
        SplittableRandom random = new SplittableRandom(seed * Member.MOST_RANKS + rank);
        float[] numbers = new float[floats];
        for (int i = 0; i < floats; i++) {
            numbers[i] = (float) ((random.nextDouble() - 0.5) * Math.pow(10, random.nextInt(-6, 7)));
        }
        return numbers;
    }

    static void fill(AllReduce reduce, float[] numbers) {
        MemorySegment.copy(numbers, 0, reduce.numbers(), ValueLayout.JAVA_FLOAT, 0, numbers.length);
    }

    static float[] content(AllReduce reduce) {
        return reduce.numbers().toArray(ValueLayout.JAVA_FLOAT);
    }

    static Member member(int rank, int ranks, long floats) {
        return new Member("zig", 3, rank, ranks, new Layout(floats, "abc"));
    }

    static List<Callable<AllReduce>> seats(
            Transport transport, int ranks, long floats, Path folder, Duration patience) {
        return transport.seats(ranks, rank -> member(rank, ranks, floats), folder, patience);
    }
}
