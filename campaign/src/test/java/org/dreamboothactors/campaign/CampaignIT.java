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
    private static final int STEPS = 60;
    private static final Duration SHORT_SLICE = Duration.ofSeconds(2);
    private static final Duration LONG_SLICE = Duration.ofMinutes(10);

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

        assertThat(run(kinds, 5, 1, LONG_SLICE, UnaryOperator.identity()))
                .hasSize(5)
                .allSatisfy(report -> assertThat(report.violations()).isEmpty());
    }

    @Test
    void aStoreThatLetsCommitsBeReplacedIsFoundOut() {
        assertThat(run(List.of(Kind.STOP_NODE), 3, 1, LONG_SLICE, Safeguard.CREATE_ONCE::gone))
                .anySatisfy(report -> assertThat(report.violations()).anyMatch(what -> what.contains("commit log")));
    }

    @Test
    void trainersThatIgnoreAttemptsAreFoundOut() {
        assertThat(run(List.of(Kind.REPEAT), 3, 3, SHORT_SLICE, Safeguard.ATTEMPTS::gone))
                .anySatisfy(report -> assertThat(report.violations()).anyMatch(what -> what.contains("of attempt")));
    }

    private List<Trial.Report> run(List<Kind> kinds, int seeds, int runs, Duration slice, UnaryOperator<Plot> changed) {
        Path model = folder.resolve("model");
        RandomModel.write(model, RandomModel.Size.TINY, Path.of("../base-model/tokenizer"));
        Campaign campaign = new Campaign(
                number -> changed.apply(Plot.usual(folder.resolve("cluster-" + number), model, slice)),
                new Plan(kinds, 2, STEPS),
                new RunRecipe(STEPS),
                runs,
                Path.of("../demo/photos"),
                System.out::println);
        return campaign.run(0, seeds);
    }
}
