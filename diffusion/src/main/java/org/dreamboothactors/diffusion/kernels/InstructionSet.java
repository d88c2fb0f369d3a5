package org.dreamboothactors.diffusion.kernels;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** What this machine's processor offers for products; the math library picks its kernels by it. */
public final class InstructionSet {
    /** Tiles: products of bf16 take a small part of what anything else takes. */
    public static final String AMX_BF16 = "amx_bf16";

    private static final Path CPU = Path.of("/proc/cpuinfo");
    private static final List<String> BEST_FIRST = List.of(AMX_BF16, "avx512_bf16", "avx512f", "avx2", "asimd");

    private InstructionSet() {}

    /** The best one, as Linux names it; elsewhere the architecture. */
    public static String best() {
        try (Stream<String> lines = Files.lines(CPU)) {
            Set<String> flags = lines.filter(line -> line.startsWith("flags") || line.startsWith("Features"))
                    .findFirst()
                    .map(line -> Set.copyOf(List.of(line.split("\\s+"))))
                    .orElse(Set.of());
            return BEST_FIRST.stream().filter(flags::contains).findFirst().orElse(System.getProperty("os.arch"));
        } catch (IOException e) {
            // Not Linux: the architecture is all that Java tells.
            return System.getProperty("os.arch");
        }
    }
}
