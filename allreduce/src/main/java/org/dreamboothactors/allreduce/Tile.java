package org.dreamboothactors.allreduce;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A few numbers that are summed in the first level of a processor's cache. The JIT compiler vectorizes a loop over two
 * arrays, and not one over two memory segments, which might overlap. One thread.
 */
public final class Tile {
    /** Most numbers: two arrays of them fit the first level of cache. */
    public static final int FLOATS = 4096;

    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

    private final float[] sums = new float[FLOATS];
    private final float[] more = new float[FLOATS];

    /** Takes {@code floats} numbers that begin {@code offset} bytes into {@code from}, in place of what was here. */
    public void load(MemorySegment from, long offset, int floats) {
        MemorySegment.copy(from, FLOAT, offset, sums, 0, floats);
    }

    /** Adds as many to the first of these. */
    public void add(MemorySegment from, long offset, int floats) {
        MemorySegment.copy(from, FLOAT, offset, more, 0, floats);
        for (int i = 0; i < floats; i++) {
            sums[i] += more[i];
        }
    }

    /** Writes the first of these. */
    public void store(MemorySegment to, long offset, int floats) {
        MemorySegment.copy(sums, 0, to, FLOAT, offset, floats);
    }
}
