package org.dreamboothactors.diffusion.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.dreamboothactors.diffusion.ComputePrecision;

/** What beside settings and data decides a run's bits: two runs with equal fingerprints give equal weights. */
public final class Fingerprint {
    private static final Path CPU = Path.of("/proc/cpuinfo");
    /** Best first; the math library picks its kernels by them. */
    private static final List<String> INSTRUCTION_SETS = List.of("amx_bf16", "avx512_bf16", "avx512f", "avx2", "asimd");

    private static final String PRECISION = " precision=";

    private Fingerprint() {}

    /** The precision that a fingerprint names. */
    public static Optional<ComputePrecision> precision(String fingerprint) {
        return Arrays.stream(ComputePrecision.values())
                .filter(precision -> (fingerprint + " ").contains(PRECISION + precision.word() + " "))
                .findFirst();
    }

    /** Instruction set, threads, engine and precision in one line. */
    public static String of(int threads, String engineVersion, ComputePrecision precision) {
        return "cpu=" + instructionSet() + " threads=" + threads + " libtorch=" + engineVersion + PRECISION
                + precision.word();
    }

    private static String instructionSet() {
        try (Stream<String> lines = Files.lines(CPU)) {
            Set<String> flags = lines.filter(line -> line.startsWith("flags") || line.startsWith("Features"))
                    .findFirst()
                    .map(line -> Set.copyOf(List.of(line.split("\\s+"))))
                    .orElse(Set.of());
            return INSTRUCTION_SETS.stream().filter(flags::contains).findFirst().orElse(System.getProperty("os.arch"));
        } catch (IOException e) {
            // Not Linux: the architecture is all that Java tells.
            return System.getProperty("os.arch");
        }
    }
}
