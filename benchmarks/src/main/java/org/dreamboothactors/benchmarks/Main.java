package org.dreamboothactors.benchmarks;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The benchmark programs: {@code scripts/benchmark NAME ARGS}. */
@Command(
        name = "scripts/benchmark",
        mixinStandardHelpOptions = true,
        description = "Measures the product's own classes. JMH benchmarks: scripts/benchmark jmh [ARGS OF JMH]",
        subcommands = {TrainStep.class, ClassImages.class, AllReduceSpeed.class, InTurns.class})
public final class Main {
    private Main() {}

    public static void main(String... args) {
        System.exit(new CommandLine(new Main()).execute(args));
    }
}
