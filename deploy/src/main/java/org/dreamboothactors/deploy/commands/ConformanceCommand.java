package org.dreamboothactors.deploy.commands;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.dreamboothactors.deploy.Exit;
import org.dreamboothactors.deploy.UsageException;
import org.dreamboothactors.diffusion.Compute;
import org.dreamboothactors.diffusion.ComputePrecision;
import org.dreamboothactors.diffusion.conformance.CaseResult;
import org.dreamboothactors.diffusion.conformance.CaseResult.CannotRun;
import org.dreamboothactors.diffusion.conformance.CaseResult.Failed;
import org.dreamboothactors.diffusion.conformance.CaseResult.Passed;
import org.dreamboothactors.diffusion.conformance.Conformance;
import org.dreamboothactors.diffusion.conformance.RankedConformance;
import org.dreamboothactors.diffusion.training.OptimizerKind;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Compares the product's own numbers with a folder of reference cases. */
@Command(
        name = "conformance",
        header = "Compares the numbers with reference cases.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Runs every reference case below a folder through the classes that the service uses.",
            "Ends with 0 only when at least one case was found and all passed."
        },
        footerHeading = Exit.EXAMPLES,
        footer = "  ./dreambooth conformance reference-cases --kinds tokenizer,scheduler")
public final class ConformanceCommand implements Callable<Integer> {
    @Parameters(paramLabel = "DIR", description = "folder; every folder below it with a case.json is a case")
    Path folder = Path.of("");

    @Option(names = "--kinds", split = ",", description = "only these kinds, e.g. tokenizer,unet (all)")
    Set<String> kinds = Set.of();

    @Option(
            names = "--precision",
            defaultValue = "32",
            description = "of training: 32, or bf16, whose losses are held to 2 %% of the reference's (32)")
    String precision = "32";

    @Option(names = "--channels-last", description = "UNet and training in that order of memory")
    boolean channelsLast;

    @Option(names = "--no-flash-attention", description = "UNet and training with attention that holds all scores")
    boolean explicitAttention;

    @Option(names = "--whole-graph", description = "UNet and training with the UNet as one graph")
    boolean wholeGraph;

    @Option(
            names = "--ranks",
            paramLabel = "N",
            defaultValue = "1",
            description = "above 1: only training, each batch divided over so many processes (1)")
    int ranks;

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        if (!Files.isDirectory(folder)) {
            throw new UsageException("Cannot run reference cases: " + folder + " is not a folder");
        }
        if (ranks > 1 && (!kinds.isEmpty() || !compute().equals(Compute.PLAIN))) {
            throw new UsageException("Cannot run reference cases with --ranks " + ranks + " and --kinds, --precision,"
                    + " --channels-last, --no-flash-attention or --whole-graph, expected it alone:"
                    + " several ranks run the training cases in fp32");
        }
        PrintWriter out = spec.commandLine().getOut();
        spec.commandLine().getErr().println("On " + Conformance.hardware());
        Consumer<CaseResult> tell = result -> {
            out.println(line(result));
            out.flush();
        };
        List<CaseResult> results = ranks > 1
                ? RankedConformance.run(folder, ranks, scratch(), tell)
                : Conformance.run(folder, kinds, compute(), tell);
        long passed = results.stream().filter(CaseResult::passed).count();
        out.println(passed + " of " + results.size() + " cases passed");
        out.flush();
        return results.isEmpty() || passed < results.size() ? 1 : 0;
    }

    /** In memory, where there is such a folder. */
    private static Path scratch() {
        Path memory = Path.of("/dev/shm");
        return Files.isWritable(memory) ? memory : Path.of(System.getProperty("java.io.tmpdir"));
    }

    private Compute compute() {
        return new Compute(
                switch (precision) {
                    case "32" -> ComputePrecision.FP32;
                    case "bf16" -> ComputePrecision.BF16;
                    default ->
                        throw new UsageException(
                                "Cannot run reference cases: --precision is " + precision + ", expected 32 or bf16");
                },
                OptimizerKind.ADAMW,
                false,
                channelsLast,
                !explicitAttention,
                wholeGraph);
    }

    private static String line(CaseResult result) {
        return switch (result.outcome()) {
            case Passed(double deviation, String where) -> line("passed", result, deviation, where);
            case Failed(double deviation, String where) -> line("FAILED", result, deviation, where);
            case CannotRun(String reason) ->
                String.format(Locale.ROOT, "%-10s %-28s %-16s %s", "CANNOT RUN", result.name(), result.kind(), reason);
        };
    }

    private static String line(String verdict, CaseResult result, double deviation, String where) {
        return String.format(
                Locale.ROOT,
                "%-10s %-28s %-16s largest deviation %.3g of what is allowed, at %s",
                verdict,
                result.name(),
                result.kind(),
                deviation,
                where);
    }
}
