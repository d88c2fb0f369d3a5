package org.dreamboothactors.diffusion.kernels;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * This machine's processor; the math libraries pick what they do by it.
 *
 * @param vendor e.g. {@code GenuineIntel}; where the system does not tell, {@code unknown}
 * @param instructions the best ones for products, as Linux names them; elsewhere the architecture
 */
public record Processor(String vendor, String instructions) {
    private static final Path CPU = Path.of("/proc/cpuinfo");
    private static final List<String> BEST_FIRST = List.of("amx_bf16", "avx512_bf16", "avx512f", "avx2", "asimd");

    /** The one that this runs on. */
    public static Processor here() {
        try (Stream<String> lines = Files.lines(CPU)) {
            List<String> first = lines.takeWhile(line -> !line.isBlank()).toList();
            Set<String> flags = Set.copyOf(
                    List.of(value(first, "flags", value(first, "Features", "")).split("\\s+")));
            return new Processor(
                    value(first, "vendor_id", "unknown"),
                    BEST_FIRST.stream().filter(flags::contains).findFirst().orElse(System.getProperty("os.arch")));
        } catch (IOException e) {
            // Not Linux: the architecture is all that Java tells.
            return new Processor("unknown", System.getProperty("os.arch"));
        }
    }

    /** Whether it multiplies bf16 itself; others emulate it, a hundred times slower than fp32. */
    public boolean multipliesBf16() {
        return hasTiles() || instructions.equals("avx512_bf16");
    }

    /** Whether products of bf16 take a small part of what anything else takes. */
    public boolean hasTiles() {
        return instructions.equals("amx_bf16");
    }

    /** Whether fp32 convolutions are held up by multiplying; those with wider instructions were not measured, or are not. */
    public boolean hasSlowConvolutions() {
        return instructions.equals("avx2");
    }

    /** Whether MKL is at its best. */
    public boolean isOfIntel() {
        return vendor.equals("GenuineIntel");
    }

    private static String value(List<String> lines, String name, String otherwise) {
        return lines.stream()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse(otherwise);
    }
}
