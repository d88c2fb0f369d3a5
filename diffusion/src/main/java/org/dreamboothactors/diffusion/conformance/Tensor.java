package org.dreamboothactors.diffusion.conformance;

import java.util.Arrays;
import java.util.List;

/**
 * A tensor of a reference case.
 *
 * @param shape length of each axis
 * @param values row by row; whole numbers and fp32 are exact in a double
 */
@SuppressWarnings("ArrayRecordComponent") // read once and compared by Comparison, never by equals
record Tensor(List<Long> shape, double[] values) {

    float[] floats() {
        float[] out = new float[values.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = (float) values[i];
        }
        return out;
    }

    long[] longs() {
        return Arrays.stream(values).mapToLong(v -> (long) v).toArray();
    }

    int[] ints() {
        return Arrays.stream(values).mapToInt(v -> (int) v).toArray();
    }

    /** Part {@code index} along the first axis. */
    float[] part(int index) {
        int each = values.length / Math.toIntExact(shape.getFirst());
        return Arrays.copyOfRange(floats(), index * each, (index + 1) * each);
    }
}
