package org.dreamboothactors.diffusion.schedulers;

/**
 * SplitMix64 (Steele et al. 2014) without a state: the numbers of a stream by their positions, the same on every machine.
 */
public final class SplitMix64 {
    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;
    private static final double UNIT = 0x1.0p-53;

    private SplitMix64() {}

    /** Mixes the bits of a value; a stream's name is mixed from what it is for. */
    public static long mix(long value) {
        long z = value + GOLDEN_GAMMA;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** Number {@code position} of a stream, counted from 0; at least 0, below 1. */
    public static double unit(long stream, long position) {
        return (mix(stream + GOLDEN_GAMMA * (position + 1)) >>> 11) * UNIT;
    }
}
