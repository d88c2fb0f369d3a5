package org.dreamboothactors.diffusion.kernels;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.Locale;

/**
 * What a product of two matrices takes on this device. Processors without instructions for bf16 emulate it, a hundred
 * times slower than fp32.
 *
 * @param fp32Seconds of the best try
 * @param bf16Seconds of the best try
 */
public record ArithmeticSpeed(double fp32Seconds, double bf16Seconds) {
    private static final int SIDE = 512;
    private static final int TRIES = 5;
    private static final double ENOUGH = 0.1; // seconds: what takes so long is not worth another try

    /** Tries; takes half a second where bf16 is emulated, milliseconds elsewhere. */
    public static ArithmeticSpeed measured(Kernels kernels) {
        try (NDManager scratch = kernels.manager().newSubManager()) {
            NDArray matrix = scratch.randomNormal(0, 1, new Shape(SIDE, SIDE), DataType.FLOAT32);
            NDArray half = kernels.prepared(List.of(matrix), Arithmetic.BF16, scratch)
                    .getFirst(); // DJL 0.35 ends the process when it is asked for bf16
            return new ArithmeticSpeed(seconds(matrix), seconds(half));
        }
    }

    private static double seconds(NDArray matrix) {
        double best = once(matrix);
        for (int i = 1; i < TRIES && best < ENOUGH; i++) {
            best = Math.min(best, once(matrix));
        }
        return best;
    }

    private static double once(NDArray matrix) {
        long start = System.nanoTime();
        try (NDArray product = matrix.matMul(matrix);
                NDArray first = product.get(0).toType(DataType.FLOAT32, true)) {
            first.toFloatArray(); // a device may work on after its call returned
            return (System.nanoTime() - start) / 1e9;
        }
    }

    /** How many times as long bf16 takes; below 1 it is the faster one. */
    public double ratio() {
        return bf16Seconds / fp32Seconds;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "a product of two %d x %d matrices takes %.2f ms in fp32 and %.2f ms in bf16, %.2f times as long",
                SIDE,
                SIDE,
                fp32Seconds * 1e3,
                bf16Seconds * 1e3,
                ratio());
    }
}
