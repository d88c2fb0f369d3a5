package org.dreamboothactors.diffusion.training;

import java.util.Arrays;
import java.util.Optional;
import org.dreamboothactors.diffusion.ComputePrecision;
import org.dreamboothactors.diffusion.kernels.Kernels;

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

    /** Processor or CUDA device, threads, engine, our kernels and precision in one line. */
    public static String of(Kernels kernels, int threads, String engineVersion, ComputePrecision precision) {
        return kernels.hardware() + " threads=" + threads + " libtorch=" + engineVersion + " kernels="
                + Kernels.revision() + PRECISION + precision.word();
    }
}
