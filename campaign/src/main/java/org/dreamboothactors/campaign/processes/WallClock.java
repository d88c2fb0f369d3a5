package org.dreamboothactors.campaign.processes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The wall clock that a process and its children see: the machine's, or one that is so much before or behind. Their
 * monotonic clocks stay as they are. By libfaketime, which is looked for where packages of distributions put it.
 *
 * @param library of libfaketime
 * @param file that says how far the clock is off
 */
record WallClock(Path library, Path file) {
    private static final List<Path> PLACES = List.of(
            Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"),
            Path.of("/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1"),
            Path.of("/usr/lib64/faketime/libfaketimeMT.so.1"),
            Path.of("/usr/local/lib/faketime/libfaketimeMT.so.1"));

    private static final Path SHARED_MEMORY = Path.of("/dev/shm");
    private static final Pattern LEFT = Pattern.compile("(sem[.])?faketime_(sem|shm)_(\\d+)");

    WallClock {
        off(file, Duration.ZERO);
    }

    /** Empty: this machine has no libfaketime. */
    static Optional<Path> installed() {
        return PLACES.stream().filter(Files::exists).findFirst();
    }

    /** Takes away what the library leaves behind of processes that were killed. */
    static void sweep() {
        try (Stream<Path> files = Files.list(SHARED_MEMORY)) {
            for (Path file : files.toList()) {
                Matcher left = LEFT.matcher(file.getFileName().toString());
                if (left.matches()
                        && ProcessHandle.of(Long.parseLong(left.group(3))).isEmpty()) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException e) {
            // Another user's, or a machine without it: some bytes of memory stay taken.
        }
    }

    /** What a process that sees it is started with. */
    Map<String, String> environment() {
        return Map.of(
                "LD_PRELOAD",
                library.toString(),
                "FAKETIME_TIMESTAMP_FILE",
                file.toString(),
                "FAKETIME_CACHE_DURATION", // seconds; the file is read again after that
                "1",
                "FAKETIME_DONT_FAKE_MONOTONIC",
                "1",
                "FAKETIME_FORCE_MONOTONIC_FIX", // meant for old C libraries; with it a JVM waits for ever
                "0",
                "NO_FAKE_STAT", // takes a lock over all processes, which one that is killed keeps
                "1");
    }

    /** From within a second on it is so far off the machine's. */
    void off(Duration by) {
        off(file, by);
    }

    private static void off(Path file, Duration by) {
        try {
            Path next =
                    Files.createDirectories(file.toAbsolutePath().getParent()).resolve(file.getFileName() + ".next");
            Files.writeString(next, String.format("%+d", by.toSeconds()));
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot set the clock of " + file + ": " + e.getMessage(), e);
        }
    }
}
