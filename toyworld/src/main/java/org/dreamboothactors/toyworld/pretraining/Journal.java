package org.dreamboothactors.toyworld.pretraining;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** What was measured on the way, in {@code journal.csv}: one line a number; and the same for people to read. */
final class Journal {
    private final Path file;
    private final InstantSource clock;
    private final Consumer<String> screen;
    private final Instant begin;
    private final double secondsBefore;
    private final List<Entry> entries;

    /**
     * A number.
     *
     * @param seconds of work until then, over all sittings
     */
    record Entry(String phase, long step, double seconds, String name, double value) {
        private static Entry parse(String line) {
            String[] parts = line.split(",", -1);
            return new Entry(
                    parts[0],
                    Long.parseLong(parts[1]),
                    Double.parseDouble(parts[2]),
                    parts[3],
                    Double.parseDouble(parts[4]));
        }

        private String line() {
            return String.format(Locale.ROOT, "%s,%d,%.1f,%s,%.6g%n", phase, step, seconds, name, value);
        }
    }

    private Journal(Path file, InstantSource clock, Consumer<String> screen, List<Entry> entries) {
        this.file = file;
        this.clock = clock;
        this.screen = screen;
        this.entries = entries;
        this.begin = clock.instant();
        this.secondsBefore = entries.isEmpty() ? 0 : entries.getLast().seconds();
    }

    /** Goes on with the journal in {@code folder}, or begins one. */
    static Journal in(Path folder, InstantSource clock, Consumer<String> screen) {
        Path file = folder.resolve("journal.csv");
        try {
            List<Entry> entries = new ArrayList<>();
            if (Files.exists(file)) {
                Files.readAllLines(file).forEach(line -> entries.add(Entry.parse(line)));
            }
            return new Journal(file, clock, screen, entries);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    /** Forgets what a phase noted after a step: it is done again. */
    void forgetAfter(String phase, long step) {
        entries.removeIf(entry -> entry.phase().equals(phase) && entry.step() > step);
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        try {
            Files.writeString(
                    fresh, String.join("", entries.stream().map(Entry::line).toList()));
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + file + ": " + e.getMessage(), e);
        }
    }

    void note(String phase, long step, String name, double value) {
        Entry entry = new Entry(phase, step, seconds(), name, value);
        entries.add(entry);
        try {
            Files.writeString(file, entry.line(), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + file + ": " + e.getMessage(), e);
        }
    }

    /** A line for people. */
    void say(String text) {
        screen.accept(String.format(Locale.ROOT, "%6.0f s  %s", seconds(), text));
    }

    /** Seconds of work, over all sittings. */
    double seconds() {
        return secondsBefore + Duration.between(begin, clock.instant()).toMillis() / 1000.0;
    }

    List<Entry> of(String phase, String name) {
        return entries.stream()
                .filter(entry -> entry.phase().equals(phase) && entry.name().equals(name))
                .toList();
    }
}
