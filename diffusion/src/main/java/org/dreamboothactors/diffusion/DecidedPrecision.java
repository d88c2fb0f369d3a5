package org.dreamboothactors.diffusion;

import java.util.HashMap;
import java.util.Map;
import org.dreamboothactors.diffusion.kernels.ArithmeticSpeed;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides what {@link ComputePrecision#AUTO} means here, and says so in the log. What the hardware can do decides and not a
 * stopwatch: class images and weights are to have the same bits whatever else the machine does.
 */
final class DecidedPrecision {
    private static final Logger LOG = LoggerFactory.getLogger(DecidedPrecision.class);
    private static final Map<Integer, ArithmeticSpeed> MEASURED = new HashMap<>();

    private DecidedPrecision() {}

    /** FP32 or BF16. */
    static ComputePrecision of(ComputePrecision wanted, Kernels kernels, int threads) {
        return switch (wanted) {
            case FP32 -> wanted;
            case BF16 -> {
                if (!kernels.multiplyBf16()) {
                    ArithmeticSpeed speed = speed(kernels, threads);
                    if (speed.ratio() > 1) {
                        LOG.warn("bf16 was asked for, which is slower than fp32 on this device: {}", speed);
                    }
                }
                yield wanted;
            }
            case AUTO -> {
                ComputePrecision chosen = kernels.multiplyBf16() ? ComputePrecision.BF16 : ComputePrecision.FP32;
                LOG.info("precision auto: {} on {}", chosen.word(), kernels.hardware());
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
