package org.dreamboothactors.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
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
    private static final int LONG = 200;
    private static final int CROWDED = 150;

    @TempDir
    Path folder = Path.of("");

    @Test
    void fiveSeedsEndInTheBitsOfTheUndisturbedRun() {
        List<Kind> kinds = List.of(
                Kind.KILL_WORKER,
                Kind.KILL_NODE,
                Kind.KILL_COORDINATOR,
                Kind.RESTART_BROKER,
                Kind.RESTART_STORE,
                Kind.CUT,
                Kind.REPEAT);

        assertThat(run(new Plan(kinds, 2, SHORT), 0, 5, 1, UnaryOperator.identity()))
                .hasSize(5)
                .allSatisfy(report -> assertThat(report.violations()).isEmpty());
    }

    /** The node of this seed sleeps for longer than its lock, and is not yet given up when it wakes. */
    @Test
    void aStoreThatLetsCommitsBeReplacedIsFoundOut() {
        assertThat(run(new Plan(List.of(Kind.STOP_NODE), 1, LONG), 14, 1, 1, Safeguard.CREATE_ONCE::gone))
                .anySatisfy(report -> assertThat(report.violations()).anyMatch(what -> what.contains("commit log")));
    }

    @Test
    void trainersThatIgnoreAttemptsAreFoundOut() {
        assertThat(run(new Plan(List.of(Kind.REPEAT), 5, CROWDED), 0, 1, 3, Safeguard.ATTEMPTS::gone))
                .anySatisfy(report -> assertThat(report.violations()).anyMatch(what -> what.contains("of attempt")));
    }

    /** Several runs at once make way for each other after a short slice. */
    private List<Trial.Report> run(Plan plan, long firstSeed, int seeds, int runs, UnaryOperator<Plot> changed) {
        Path model = folder.resolve("model");
        RandomModel.write(model, RandomModel.Size.TINY, Path.of("../base-model/tokenizer"));
        Duration slice = runs == 1 ? Duration.ofMinutes(10) : Duration.ofSeconds(2);
        Campaign campaign = new Campaign(
                number -> changed.apply(Plot.usual(folder.resolve("cluster-" + number), model, slice)),
                plan,
                new RunRecipe(Math.toIntExact(plan.steps())),
                runs,
                Path.of("../demo/photos"),
                System.out::println);
        return campaign.run(firstSeed, seeds);
    }
}
