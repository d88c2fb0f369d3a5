package org.dreamboothactors.diffusion;

import java.util.HashMap;
import java.util.Map;
import org.dreamboothactors.diffusion.kernels.ArithmeticSpeed;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides what {@link ComputePrecision#AUTO} means here, and says so in the log. On a processor its instructions decide and
 * not a stopwatch: class images and weights are to have the same bits whatever else the machine does. A GPU is timed, once
 * a process.
 */
final class DecidedPrecision {
    private static final Logger LOG = LoggerFactory.getLogger(DecidedPrecision.class);
    /** Where both are about as fast, fp32 is as good. */
    private static final double WORTH_IT = 0.8;

    private static final Map<Integer, ArithmeticSpeed> MEASURED = new HashMap<>();

    private DecidedPrecision() {}

    /** FP32 or BF16. */
    static ComputePrecision of(ComputePrecision wanted, Kernels kernels, int threads) {
        return switch (wanted) {
            case FP32 -> wanted;
            case BF16 -> {
                ArithmeticSpeed speed = speed(kernels, threads);
                if (speed.ratio() > 1) {
                    LOG.warn("bf16 was asked for, which is slower than fp32 on this device: {}", speed);
                }
                yield wanted;
            }
            case AUTO -> {
                boolean gpu = kernels.onCuda();
                boolean bf16 = gpu
                        ? speed(kernels, threads).ratio() < WORTH_IT
                        : kernels.processor().multipliesBf16();
                ComputePrecision chosen = bf16 ? ComputePrecision.BF16 : ComputePrecision.FP32;
                LOG.info(
                        "precision auto: {} on {}",
                        chosen.word(),
                        gpu ? speed(kernels, threads) : kernels.processor().instructions());
                yield chosen;
            }
        };
    }

    private static ArithmeticSpeed speed(Kernels kernels, int threads) {
        synchronized (MEASURED) {
            return MEASURED.computeIfAbsent(threads, any -> ArithmeticSpeed.measured(kernels));
        }
    }
}
