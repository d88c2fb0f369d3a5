package org.dreamboothactors.diffusion.training;

import java.util.Arrays;

/**
 * The 256 numbers that a moment's 8 bits stand for, between -1 and 1 or 0 and 1, times the largest of a block.
 *
 * <p>The fewer digits before the first, the more bits are left for the digits that follow (Dettmers 2016, "8-Bit
 * Approximations for Parallelism in Deep Learning"; {@code create_dynamic_map} of bitsandbytes).
 */
final class DynamicMap {
    private static final int SIZE = 256;
    private static final int EXPONENTS = 7;
    private static final int ROOTS = 1 << 15;

    private DynamicMap() {}

    /** In ascending order; {@code signed} for means, not for mean squares. */
    static float[] of(boolean signed) {
        float[] values = new float[SIZE];
        int count = 0;
        for (int i = 0; i < EXPONENTS; i++) {
            int steps = 1 << (signed ? i : i + 1);
            double scale = Math.pow(10, i - EXPONENTS + 1);
            for (int j = 0; j < steps; j++) {
                float middle = (float) (scale * (0.1 + 0.9 * (j + 0.5) / steps));
                values[count++] = middle;
                if (signed) {
                    values[count++] = -middle;
                }
            }
        }
        values[count++] = 0;
        values[count++] = 1;
        if (count != SIZE) {
            throw new IllegalStateException("A dynamic map has " + count + " numbers, expected " + SIZE);
        }
        Arrays.sort(values);
        return values;
    }

    /** Half way between neighbours: what lies above counts as the upper one. Nothing lies above the last. */
    static float[] boundaries(float[] map) {
        float[] boundaries = new float[map.length];
        for (int i = 0; i < boundaries.length - 1; i++) {
            boundaries[i] = (map[i] + map[i + 1]) / 2;
        }
        boundaries[boundaries.length - 1] = Float.POSITIVE_INFINITY;
        return boundaries;
    }

    /**
     * The least code of the numbers whose root, with their sign, is a whole part of 32767, for these from -32768 on: a table
     * instead of a search. A root may be one part off; neighbours in the map are further apart, which is checked here.
     */
    static int[] starts(float[] boundaries) {
        int[] starts = new int[2 * ROOTS];
        for (int root = -ROOTS; root < ROOTS; root++) {
            int least = code(number(root - 2), boundaries);
            if (code(number(root + 2), boundaries) > least + 1) {
                throw new IllegalStateException("Two boundaries lie near " + number(root) + ", expected one at most");
            }
            starts[root + ROOTS] = least;
        }
        return starts;
    }

    private static double number(int root) {
        double part = (double) root / (ROOTS - 1);
        return part * Math.abs(part);
    }

    private static int code(double number, float[] boundaries) {
        int code = 0;
        while (number > boundaries[code]) {
            code++;
        }
        return code;
    }
}
