package org.dreamboothactors.diffusion;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** The most memory this process has held, as Linux counts it. */
public final class PeakMemory {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final int KIB = 1024;
    private static final double GIB = 1 << 30;

    private PeakMemory() {}

    /** Mapped files included; 0 where there is no proc file system. */
    public static long bytes() {
        try {
            return !Files.isReadable(STATUS)
                    ? 0
                    : Files.readAllLines(STATUS).stream()
                            .filter(line -> line.startsWith("VmHWM:"))
                            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * KIB)
                            .findFirst()
                            .orElse(0);
        } catch (IOException e) {
            return 0; // gone between the question and the read
        }
    }

    /** E.g. {@code 16.4 GiB}, or {@code unknown}. */
    public static String text() {
        long bytes = bytes();
        return bytes == 0 ? "unknown" : String.format(Locale.ROOT, "%.1f GiB", bytes / GIB);
    }
}
