package org.dreamboothactors.toyworld.pretraining;

import java.util.DoubleSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Means of numbers by name, since they were last noted. */
final class Averages {
    private final Map<String, DoubleSummaryStatistics> byName = new LinkedHashMap<>();

    void add(String name, double value) {
        byName.computeIfAbsent(name, key -> new DoubleSummaryStatistics()).accept(value);
    }

    String text() {
        return byName.entrySet().stream()
                .map(entry -> String.format(
                        Locale.ROOT, "%s %.4g", entry.getKey(), entry.getValue().getAverage()))
                .collect(Collectors.joining(", "));
    }

    void noteAndForget(Journal journal, String phase, long step) {
        byName.forEach((name, values) -> journal.note(phase, step, name, values.getAverage()));
        byName.clear();
    }
}
