package org.dreamboothactors.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.dreamboothactors.campaign.faults.Kind;
import org.dreamboothactors.campaign.faults.Plan;
import org.dreamboothactors.campaign.processes.Plot;
import org.dreamboothactors.diffusion.RandomModel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The short campaign. The long one, and those without safeguards: docs/fault-campaign.md. */
@Timeout(900)
class CampaignIT {
    private static final int STEPS = 60;

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

        Campaign campaign = new Campaign(
                number -> plot(folder.resolve("cluster-" + number)),
                new Plan(kinds, 2, STEPS),
                new RunRecipe(STEPS, 1),
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

    private static Plot plot(Path place) {
        Path model = place.resolve("model");
        RandomModel.write(model, RandomModel.Size.TINY, Path.of("../base-model/tokenizer"));
        return Plot.usual(place.resolve("cluster"), model, WITHOUT_TURNS);
    }
}
