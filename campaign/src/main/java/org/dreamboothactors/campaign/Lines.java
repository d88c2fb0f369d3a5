package org.dreamboothactors.campaign;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.dreamboothactors.campaign.faults.Kind;

/** Reports for people. */
final class Lines {
    private Lines() {}

    /** One line a seed, and one for each violation. */
    static String of(Trial.Report report) {
        String faults = report.faults().stream().map(Lines::of).collect(Collectors.joining("; "));
        String line = String.format(
                Locale.ROOT,
                "%-12s %-4s %6s  %s",
                report.name(),
                report.violations().isEmpty() ? "ok" : "RED",
                seconds(report.length()),
                faults);
        return report.violations().stream().map(what -> "\n    " + what).collect(Collectors.joining("", line, ""));
    }

    private static String of(Trial.Done done) {
        String kind = done.fault().kind().text();
        return done.what()
                .map(what -> kind + " of " + what + " at " + done.fault().moment() + " (" + seconds(done.at())
                        + (done.fault().length().isZero()
                                ? ")"
                                : ", for " + seconds(done.fault().length()) + ")"))
                .orElse(kind + " missed");
    }

    /** How often each kind was done, and in how many of its runs something did not hold. */
    static String table(List<Trial.Report> reports) {
        StringBuilder table =
                new StringBuilder(String.format(Locale.ROOT, "%-18s %5s %7s %5s%n", "kind", "done", "missed", "red"));
        for (Kind kind : Kind.values()) {
            table.append(String.format(
                    Locale.ROOT,
                    "%-18s %5d %7d %5d%n",
                    kind.text(),
                    count(reports, kind, true),
                    count(reports, kind, false),
                    reports.stream()
                            .filter(report -> !report.violations().isEmpty())
                            .filter(report -> report.faults().stream()
                                    .anyMatch(done -> done.fault().kind() == kind
                                            && done.what().isPresent()))
                            .count()));
        }
        long red = reports.stream()
                .filter(report -> !report.violations().isEmpty())
                .count();
        long done = reports.stream()
                .flatMap(report -> report.faults().stream())
                .filter(fault -> fault.what().isPresent())
                .count();
        return table
                + String.format(
                        Locale.ROOT,
                        "%d seeds, %d faults, %d green, %d red",
                        reports.size(),
                        done,
                        reports.size() - red,
                        red);
    }

    private static long count(List<Trial.Report> reports, Kind kind, boolean done) {
        return reports.stream()
                .flatMap(report -> report.faults().stream())
                .filter(fault -> fault.fault().kind() == kind && fault.what().isPresent() == done)
                .count();
    }

    private static String seconds(Duration length) {
        return String.format(Locale.ROOT, "%.1f s", length.toMillis() / 1000.0);
    }
}
