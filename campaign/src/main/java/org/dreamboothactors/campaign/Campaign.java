package org.dreamboothactors.campaign;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.dreamboothactors.campaign.checks.Invariants;
import org.dreamboothactors.campaign.checks.Tape;
import org.dreamboothactors.campaign.faults.Plan;
import org.dreamboothactors.campaign.processes.Cluster;
import org.dreamboothactors.campaign.processes.Plot;

/**
 * Seed after seed against one cluster, which stays up; after a violation a fresh one is started and the old one's files
 * are kept.
 *
 * @param plots makes the plot of the n-th cluster
 * @param runs of each seed, at once
 * @param tell hears a line for each seed
 */
record Campaign(Plots plots, Plan plan, RunRecipe recipe, int runs, Path photos, Consumer<String> tell) {

    /** Plots clusters, each in a folder of its own. */
    interface Plots {
        Plot of(int number);
    }

    /** All reports; those with violations are what the campaign is for. */
    List<Trial.Report> run(long firstSeed, int seeds) {
        List<Trial.Report> reports = new ArrayList<>();
        List<Long> left = new ArrayList<>(
                LongStream.range(firstSeed, firstSeed + seeds).boxed().toList());
        String digest = "";
        for (int number = 1; !left.isEmpty(); number++) {
            Plot plot = plots.of(number);
            try (Cluster cluster = Cluster.start(plot);
                    Tape tape = new Tape(cluster.bootstrapServers())) {
                digest = undisturbed(cluster, tape, digest);
                while (!left.isEmpty()) {
                    long seed = left.removeFirst();
                    Trial.Report report = new Trial(cluster, tape, recipe, files(photos))
                            .with(names(seed, runs), plan.of(seed), digest);
                    reports.add(report);
                    tell.accept(Lines.of(report));
                    if (!report.violations().isEmpty()) {
                        Evidence evidence = new Evidence(plot.folder(), cluster.storeSettings(), tape);
                        evidence.keep("undisturbed");
                        names(seed, runs).forEach(evidence::keep);
                        break;
                    }
                }
            }
        }
        return reports;
    }

    /** The runs of a seed; faults follow the first. */
    static List<String> names(long seed, int runs) {
        String first = "seed-" + seed;
        return Stream.concat(
                        Stream.of(first),
                        IntStream.range(1, runs).mapToObj(companion -> first + "-beside-" + companion))
                .toList();
    }

    private String undisturbed(Cluster cluster, Tape tape, String known) {
        Trial.Report report =
                new Trial(cluster, tape, recipe, files(photos)).with(List.of("undisturbed"), List.of(), known);
        tell.accept(Lines.of(report));
        if (!report.violations().isEmpty()) {
            throw new IllegalStateException("The undisturbed run is not as expected: " + report.violations());
        }
        return new Invariants(cluster, tape, recipe.checkpoints()).digest("undisturbed");
    }

    /** Those in a folder, by name. */
    static List<Path> files(Path photos) {
        try (Stream<Path> files = Files.list(photos)) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the photos in " + photos + ": " + e.getMessage(), e);
        }
    }
}
