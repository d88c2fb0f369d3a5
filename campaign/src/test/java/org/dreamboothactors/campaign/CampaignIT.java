package org.dreamboothactors.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.dreamboothactors.campaign.checks.Tape;
import org.dreamboothactors.campaign.faults.Kind;
import org.dreamboothactors.campaign.faults.Plan;
import org.dreamboothactors.campaign.processes.Cluster;
import org.dreamboothactors.campaign.processes.Plot;
import org.dreamboothactors.campaign.sabotage.Safeguard;
import org.dreamboothactors.diffusion.RandomModel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The short campaign, and what it says of a service without its safeguards. The long one: docs/fault-campaign.md. */
@Timeout(900)
class CampaignIT {
    private static final int SHORT = 60;
    private static final int LONG = 400;
    private static final int CROWDED = 150;

    private static final Duration WITHOUT_TURNS = Duration.ofMinutes(10);
    private static final Path PHOTOS = Path.of("../demo/photos");

    @TempDir
    Path folder = Path.of("");

    @Test
    void fiveSeedsEndInTheBitsOfTheUndisturbedRun() {
        List<Kind> kinds = Stream.of(
                        Kind.KILL_WORKER,
                        Kind.KILL_NODE,
                        Kind.KILL_COORDINATOR,
                        Kind.RESTART_BROKER,
                        Kind.RESTART_STORE,
                        Kind.CUT,
                        Kind.REPEAT,
                        Kind.JUMP_CLOCK)
                .filter(kind -> kind.isPossible(1))
                .toList();

        Path place = folder.resolve("five");
        Campaign campaign = new Campaign(
                number -> plot(place.resolve("cluster-" + number), WITHOUT_TURNS),
                new Plan(kinds, 2, SHORT),
                recipe(SHORT),
                1,
                PHOTOS,
                System.out::println);

        assertThat(campaign.run(0, 5))
                .hasSize(5)
                .allSatisfy(report -> assertThat(report.violations()).isEmpty())
                .allSatisfy(report -> assertThat(report.faults())
                        .as("faults of %s", report.name())
                        .anySatisfy(fault -> assertThat(fault.what()).isPresent()));
    }

    /** Nodes of these seeds sleep early, for longer than their lock, and wake while the run goes on elsewhere. */
    @Test
    void aStoreThatLetsCommitsBeReplacedIsFoundOut() {
        Plan plan = new Plan(List.of(Kind.STOP_SUPERVISOR), 1, LONG);

        assertFoundOut("commit log", plan, List.of(59L, 29L, 61L, 239L, 51L, 213L), 1, Safeguard.CREATE_ONCE);
    }

    /** In these seeds records are said again five times while runs take turns, not before. */
    @Test
    void trainersThatIgnoreAttemptsAreFoundOut() {
        Plan plan = new Plan(List.of(Kind.REPEAT), 5, CROWDED);

        assertFoundOut("of attempt", plan, List.of(345L, 546L, 601L, 730L, 1252L, 394L), 3, Safeguard.ATTEMPTS);
    }

    /** Whether the wrong one commits first is a race, and it need not win it under the first of the seeds. */
    private void assertFoundOut(String words, Plan plan, List<Long> seeds, int runs, Safeguard without) {
        List<String> violations = new ArrayList<>();
        for (long seed : seeds) {
            if (violations.stream().noneMatch(what -> what.contains(words))) {
                violations.addAll(violations(plan, seed, runs, without));
            }
        }

        assertThat(violations).anyMatch(what -> what.contains(words));
    }

    /** Of several runs at once, which make way for each other after a short slice; their weights are compared with none. */
    private List<String> violations(Plan plan, long seed, int runs, Safeguard without) {
        Duration slice = runs == 1 ? WITHOUT_TURNS : Duration.ofSeconds(1);
        try (Cluster cluster = Cluster.start(without.gone(plot(folder.resolve("without-" + seed), slice)));
                Tape tape = new Tape(cluster.bootstrapServers())) {
            Trial.Report report = new Trial(cluster, tape, recipe(plan.steps()), Campaign.files(PHOTOS))
                    .with(Campaign.names(seed, runs), plan.of(seed), "");
            System.out.println(Lines.of(report));
            return report.violations();
        }
    }

    private static RunRecipe recipe(long steps) {
        return new RunRecipe(Math.toIntExact(steps), 1);
    }

    private static Plot plot(Path place, Duration slice) {
        Path model = place.resolve("model");
        RandomModel.write(model, RandomModel.Size.TINY, Path.of("../base-model/tokenizer"));
        return Plot.usual(place.resolve("cluster"), model, slice);
    }
}
