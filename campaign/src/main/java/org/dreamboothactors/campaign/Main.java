package org.dreamboothactors.campaign;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.dreamboothactors.campaign.faults.Kind;
import org.dreamboothactors.campaign.faults.Plan;
import org.dreamboothactors.campaign.processes.Plot;
import org.dreamboothactors.campaign.sabotage.Safeguard;
import org.dreamboothactors.diffusion.RandomModel;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The fault campaign: {@code scripts/fault-campaign}. */
@Command(
        name = "scripts/fault-campaign",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Starts the service as separate processes, does seeded faults to it while it trains, and checks what must hold.",
            "Prints a line for each seed and a table of the kinds; ends with 1 when something did not hold."
        })
public final class Main implements Callable<Integer> {
    @Option(names = "--seeds", paramLabel = "N", defaultValue = "5", description = "how many (${DEFAULT-VALUE})")
    int seeds = 5;

    @Option(names = "--first", paramLabel = "SEED", defaultValue = "0", description = "the first (${DEFAULT-VALUE})")
    long first;

    @Option(names = "--faults", paramLabel = "N", defaultValue = "2", description = "of each seed (${DEFAULT-VALUE})")
    int faults = 2;

    @Option(names = "--steps", paramLabel = "N", defaultValue = "200", description = "of each run (${DEFAULT-VALUE})")
    int steps = 200;

    @Option(
            names = "--runs",
            paramLabel = "N",
            defaultValue = "1",
            description = "at once in each seed (${DEFAULT-VALUE})")
    int runs = 1;

    @Option(
            names = "--ranks",
            paramLabel = "N",
            defaultValue = "1",
            description = "2: each run trains on the devices of both nodes (${DEFAULT-VALUE})")
    int ranks = 1;

    @Option(
            names = "--train-slice",
            paramLabel = "SECONDS",
            defaultValue = "600",
            description = "after which a run makes way for others that wait (${DEFAULT-VALUE})")
    int slice = 600;

    @Option(
            names = "--without",
            paramLabel = "SAFEGUARD",
            description = "takes create-once or attempts away, from outside: the campaign has to turn red")
    Optional<String> without = Optional.empty();

    @Option(names = "--kinds", paramLabel = "KIND", split = ",", description = "kinds of faults, by their names (all)")
    List<String> kinds = Arrays.stream(Kind.values()).map(Kind::text).toList();

    @Option(names = "--home", paramLabel = "DIR", defaultValue = ".", description = "of the source tree (the present)")
    Path home = Path.of(".");

    @Option(
            names = "--out",
            paramLabel = "DIR",
            required = true,
            description = "new folder for all data and logs, which stay")
    Path out = Path.of("");

    @Spec
    CommandSpec spec = CommandSpec.create();

    private Main() {}

    public static void main(String... args) {
        System.exit(new CommandLine(new Main()).execute(args));
    }

    @Override
    public Integer call() throws java.io.IOException {
        PrintWriter tell = spec.commandLine().getOut();
        Path folder = Files.createDirectories(out).toAbsolutePath().normalize();
        Path model = folder.resolve("model");
        RandomModel.write(model, RandomModel.Size.TINY, home.resolve("base-model/tokenizer"));
        Campaign campaign = new Campaign(
                number -> plot(folder.resolve("cluster-" + number), model),
                new Plan(chosen(), faults, steps),
                new RunRecipe(steps, ranks),
                runs,
                home.resolve("demo/photos"),
                line -> {
                    tell.println(line);
                    tell.flush();
                });
        List<Trial.Report> reports = campaign.run(first, seeds);
        tell.println();
        tell.println(Lines.table(reports));
        tell.flush();
        return reports.stream().allMatch(report -> report.violations().isEmpty()) ? 0 : 1;
    }

    private Plot plot(Path folder, Path model) {
        Plot usual = Plot.usual(folder, model, Duration.ofSeconds(slice));
        return without.map(name -> named(name, Arrays.asList(Safeguard.values()), Safeguard::text))
                .map(safeguard -> safeguard.gone(usual))
                .orElse(usual);
    }

    private List<Kind> chosen() {
        return kinds.stream()
                .map(name -> named(name, Arrays.asList(Kind.values()), Kind::text))
                .filter(kind -> kind.isPossible(ranks))
                .toList();
    }

    private <T> T named(String name, List<T> all, Function<T, String> text) {
        return all.stream()
                .filter(one -> text.apply(one).equals(name))
                .findFirst()
                .orElseThrow(() -> new CommandLine.ParameterException(
                        spec.commandLine(),
                        "Cannot take " + name + ", expected one of "
                                + all.stream().map(text).collect(Collectors.joining(", "))));
    }
}
