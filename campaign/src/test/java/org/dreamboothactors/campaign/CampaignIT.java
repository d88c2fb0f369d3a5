package org.dreamboothactors.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.dreamboothactors.campaign.faults.Kind;
import org.dreamboothactors.campaign.faults.Plan;
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

        assertThat(run(new Plan(kinds, 2, SHORT), 0, 5, 1, UnaryOperator.identity()))
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
                run(plan, seed, 1, runs, without::gone).forEach(report -> violations.addAll(report.violations()));
            }
        }

        assertThat(violations).anyMatch(what -> what.contains(words));
    }

    /** Several runs at once make way for each other after a short slice. */
    private List<Trial.Report> run(Plan plan, long firstSeed, int seeds, int runs, UnaryOperator<Plot> changed) {
        Path place = folder.resolve("from-" + firstSeed);
        Path model = place.resolve("model");
        RandomModel.write(model, RandomModel.Size.TINY, Path.of("../base-model/tokenizer"));
        Duration slice = runs == 1 ? Duration.ofMinutes(10) : Duration.ofSeconds(1);
        Campaign campaign = new Campaign(
                number -> changed.apply(Plot.usual(place.resolve("cluster-" + number), model, slice)),
                plan,
                new RunRecipe(Math.toIntExact(plan.steps()), 1),
                runs,
                Path.of("../demo/photos"),
                System.out::println);
        return campaign.run(firstSeed, seeds);
    }
}
