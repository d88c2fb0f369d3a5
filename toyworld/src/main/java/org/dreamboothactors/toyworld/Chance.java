package org.dreamboothactors.toyworld;

import java.util.List;
import org.dreamboothactors.diffusion.schedulers.SplitMix64;

/**
 * A stream of random numbers named by what they are for ({@link SplitMix64}): the same on every machine, whatever was
 * drawn before elsewhere.
 */
public final class Chance {
    private final long stream;
    private long position;

    private Chance(long stream) {
        this.stream = stream;
    }

    /** The stream of the {@code index}-th {@code purpose} of a seed. */
    public static Chance of(long seed, String purpose, long index) {
        long name = SplitMix64.mix(seed);
        for (int i = 0; i < purpose.length(); i++) {
            name = SplitMix64.mix(name + purpose.charAt(i));
        }
        return new Chance(SplitMix64.mix(name + index));
    }

    /** The next number of 0 to below 1. */
    public double unit() {
        return SplitMix64.unit(stream, position++);
    }

    /** From {@code least} to below {@code most}. */
    public double between(double least, double most) {
        return least + (most - least) * unit();
    }

    /** A whole number of 0 to {@code bound - 1}. */
    public int below(int bound) {
        return Math.min(bound - 1, (int) (unit() * bound));
    }

    public <T> T oneOf(List<T> choices) {
        return choices.get(below(choices.size()));
    }

    /** About standard normal: the sum of twelve numbers, which needs no logarithm; never beyond 6. */
    public double normal() {
        double sum = -6;
        for (int i = 0; i < 12; i++) {
            sum += unit();
        }
        return sum;
    }
}
