package org.dreamboothactors.diffusion;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.dreamboothactors.diffusion.kernels.ArithmeticSpeed;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What {@link ComputePrecision#AUTO} means here. What the hardware can do decides and not a stopwatch: class images and
 * weights are to have the same bits whatever else the machine does.
 *
 * @param precision FP32 or BF16
 * @param warning how much longer it takes than the other
 */
record DecidedPrecision(ComputePrecision precision, Optional<String> warning) {
    private static final Logger LOG = LoggerFactory.getLogger(DecidedPrecision.class);
    private static final Map<Integer, ArithmeticSpeed> MEASURED = new HashMap<>();

    /** Decides, and says so in the log. */
    static DecidedPrecision of(ComputePrecision wanted, Kernels kernels, int threads) {
        return switch (wanted) {
            case FP32 -> new DecidedPrecision(wanted, Optional.empty());
            case BF16 -> new DecidedPrecision(wanted, warning(kernels, threads));
            case AUTO -> {
                ComputePrecision chosen = kernels.multiplyBf16() ? ComputePrecision.BF16 : ComputePrecision.FP32;
                LOG.info("precision auto: {} on {}", chosen.word(), kernels.hardware());
                yield new DecidedPrecision(chosen, Optional.empty());
            }
        };
    }

    private static Optional<String> warning(Kernels kernels, int threads) {
        if (kernels.multiplyBf16()) {
            return Optional.empty();
        }
        Optional<String> warning = Optional.of(speed(kernels, threads))
                .filter(speed -> speed.ratio() > 1)
                .map(speed -> "it computes in bf16, which is slower than fp32 on this device: " + speed);
        warning.ifPresent(LOG::warn);
        return warning;
    }

    private static ArithmeticSpeed speed(Kernels kernels, int threads) {
        synchronized (MEASURED) {
            return MEASURED.computeIfAbsent(threads, any -> ArithmeticSpeed.measured(kernels));
        }
    }
}
