package org.dreamboothactors.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Runs two commands in turns and compares what they print: machines are shared and change from minute to minute, so that
 * only ratios of measurements beside each other mean something.
 */
@Command(
        name = "in-turns",
        mixinStandardHelpOptions = true,
        description = {
            "Runs two commands in turns. Each prints lines with 'total SECONDS'; the first of each process is a warm-up.",
            "Prints the medians and how many times faster A is."
        })
final class InTurns implements Callable<Integer> {
    private static final Pattern TOTAL = Pattern.compile("\\btotal ([0-9.]+)");

    @Option(names = "--a", required = true, paramLabel = "COMMAND", description = "ours, for bash")
    String a = "";

    @Option(names = "--b", required = true, paramLabel = "COMMAND", description = "the other, for bash")
    String b = "";

    @Option(names = "--rounds", defaultValue = "3", description = "processes of each; default 3")
    int rounds;

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<Double> ours = new ArrayList<>();
        List<Double> theirs = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            ours.addAll(seconds("A", a));
            theirs.addAll(seconds("B", b));
        }
        System.out.printf(
                Locale.ROOT,
                "A %.3f s (%d), B %.3f s (%d), A is %.2f times as fast%n",
                median(ours),
                ours.size(),
                median(theirs),
                theirs.size(),
                median(theirs) / median(ours));
        return 0;
    }

    private static List<Double> seconds(String name, String command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder("bash", "-c", command)
                .redirectErrorStream(true)
                .start();
        List<Double> seconds = new ArrayList<>();
        try (BufferedReader lines = process.inputReader()) {
            for (String line : (Iterable<String>) lines.lines()::iterator) {
                System.out.println(name + " " + line);
                Matcher total = TOTAL.matcher(line);
                if (total.find()) {
                    seconds.add(Double.parseDouble(total.group(1)));
                }
            }
        }
        int exit = process.waitFor();
        if (exit != 0 || seconds.size() < 2) {
            throw new IllegalStateException(
                    "Cannot measure " + name + ": it ended with " + exit + " after " + seconds.size()
                            + " lines with 'total SECONDS', expected 0 and at least 2. Run it alone: " + command);
        }
        return seconds.subList(1, seconds.size());
    }

    private static double median(List<Double> numbers) {
        List<Double> sorted = numbers.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
