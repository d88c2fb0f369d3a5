package org.dreamboothactors.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** The most memory this process has held, as Linux counts it. */
final class PeakMemory {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final double KIB_PER_GIB = 1 << 20;

    private PeakMemory() {}

    /** E.g. {@code 16.4 GiB}, mapped files included; {@code unknown} where there is no proc file system. */
    static String text() throws IOException {
        if (!Files.isReadable(STATUS)) {
            return "unknown";
        }
        return Files.readAllLines(STATUS).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .map(line -> Long.parseLong(line.replaceAll("\\D", "")) / KIB_PER_GIB)
                .map(gib -> String.format(Locale.ROOT, "%.1f GiB", gib))
                .findFirst()
                .orElse("unknown");
    }
}
