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

    /** Half way between neighbours: what lies above counts as the upper one. */
    static float[] boundaries(float[] map) {
        float[] boundaries = new float[map.length - 1];
        for (int i = 0; i < boundaries.length; i++) {
            boundaries[i] = (map[i] + map[i + 1]) / 2;
        }
        return boundaries;
    }
}
