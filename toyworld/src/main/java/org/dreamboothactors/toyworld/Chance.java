package org.dreamboothactors.toyworld;

import java.util.List;

/**
 * A stream of random numbers named by what they are for (SplitMix64, Steele et al. 2014): the same on every machine,
 * whatever was drawn before elsewhere.
 */
public final class Chance {
    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;
    private static final double UNIT = 0x1.0p-53;

    private long state;

    private Chance(long state) {
        this.state = state;
    }

    /** The stream of the {@code index}-th {@code purpose} of a seed. */
    public static Chance of(long seed, String purpose, long index) {
        long name = mixed(seed);
        for (int i = 0; i < purpose.length(); i++) {
            name = mixed(name + purpose.charAt(i));
        }
        return new Chance(mixed(name + index));
    }

    private static long mixed(long value) {
        long z = value + GOLDEN_GAMMA;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** The next number of 0 to below 1. */
    public double unit() {
        state += GOLDEN_GAMMA;
        return (mixed(state) >>> 11) * UNIT;
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
