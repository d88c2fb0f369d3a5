package org.dreamboothactors.actors.intake;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * How the judging process is started and what a photo may cost.
 *
 * @param command starts it
 * @param toStart how long it may take until it is ready
 * @param cpuPerPhoto processor time; the same on an idle and on a busy machine, so a verdict does not hang on the load
 * @param timePerPhoto on the clock, for a photo that makes it wait instead of compute
 */
record JudgeSettings(List<String> command, Duration toStart, Duration cpuPerPhoto, Duration timePerPhoto) {
    /** A photo of the largest size takes up to 600 MB in some formats: decoded, converted, and its clean copy. */
    private static final String HEAP = "-Xmx768m";
    /** Three times what the slowest large photo took: 64 million pixels of 16 bits with transparency, 12 s. */
    private static final Duration CPU_PER_PHOTO = Duration.ofSeconds(40);

    JudgeSettings {
        command = List.copyOf(command);
    }

    static JudgeSettings standard() {
        return new JudgeSettings(
                command(IntakeMain.class), Duration.ofMinutes(2), CPU_PER_PHOTO, Duration.ofMinutes(5));
    }

    /** The command that runs a main class of this class path as a judging process. */
    static List<String> command(Class<?> main) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                HEAP,
                "-Xmn64m", // large pictures live in the old generation, which would otherwise be too small for two
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-CreateCoredumpOnCrash",
                "-Djava.awt.headless=true",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName());
    }
}
