package org.dreamboothactors.diffusion.training;

import java.util.Arrays;
import java.util.Optional;
import org.dreamboothactors.diffusion.ComputePrecision;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.dreamboothactors.diffusion.kernels.Processor;

/** What beside settings and data decides a run's bits: two runs with equal fingerprints give equal weights. */
public final class Fingerprint {
    private static final String PRECISION = " precision=";

    private Fingerprint() {}

    /** The precision that a fingerprint names. */
    public static Optional<ComputePrecision> precision(String fingerprint) {
        return Arrays.stream(ComputePrecision.values())
                .filter(precision -> (fingerprint + " ").contains(PRECISION + precision.word() + " "))
                .findFirst();
    }

    /** Processor, threads, engine, our kernels and precision in one line. */
    public static String of(int threads, String engineVersion, ComputePrecision precision) {
        Processor cpu = Processor.here();
        return "cpu=" + cpu.vendor() + "/" + cpu.instructions() + " threads=" + threads + " libtorch=" + engineVersion
                + " kernels=" + Kernels.revision() + PRECISION + precision.word();
    }
}
