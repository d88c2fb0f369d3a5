package org.dreamboothactors.deploy.commands;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.dreamboothactors.deploy.Exit;
import org.dreamboothactors.deploy.Home;
import org.dreamboothactors.toyworld.pretraining.PretrainToyWorld;
import org.dreamboothactors.toyworld.pretraining.Recipe;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes a base model and a judge. */
@Command(
        name = "pretrain",
        header = "Trains a base model of the toy world from nothing.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Draws a world with captions and trains tokenizer, autoencoder, text encoder and UNet on it.",
            "Interrupt it at any time: the same command goes on, and ends with the bits of an uninterrupted run.",
            "The same recipe on the same kind of processor gives the same model."
        },
        exitCodeListHeading = Exit.HEADING,
        exitCodeList = {Exit.DONE_HELP, Exit.FAILED_HELP, Exit.USAGE_HELP},
        footerHeading = Exit.EXAMPLES,
        footer = {
            "  ./dreambooth pretrain --minutes 5 --work small --out small/finished",
            "  ./dreambooth pretrain --work pretraining --out my-models"
        })
public final class PretrainCommand implements Callable<Integer> {
    private static final String UNKNOWN = "unknown";

    @Option(
            names = "--work",
            paramLabel = "DIR",
            required = true,
            description = "folder for pictures, states and sheets")
    Path work = Path.of("");

    @Option(
            names = "--out",
            paramLabel = "DIR",
            required = true,
            description = "folder for the finished models: base-model and judge")
    Path out = Path.of("");

    @Option(
            names = "--minutes",
            paramLabel = "N",
            description = "the recipe with as many steps and pictures as two processor cores do in N minutes, about"
                    + " (all of it)")
    Optional<Double> minutes = Optional.empty();

    @Option(names = "--recipe", paramLabel = "FILE", description = "another recipe (the program's own)")
    Optional<Path> recipe = Optional.empty();

    @Option(names = "--threads", paramLabel = "N", description = "of one operation (one a processor core)")
    int threads = Runtime.getRuntime().availableProcessors();

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        Recipe whole = recipe.map(Recipe::read).orElseGet(Recipe::bundled);
        Recipe wanted = minutes.map(whole::scaledTo).orElse(whole);
        PrintWriter lines = spec.commandLine().getOut();
        new PretrainToyWorld(wanted, work, threads, InstantSource.system(), line -> {
                    lines.println(line);
                    lines.flush();
                })
                .run(out, commit());
        return Exit.DONE;
    }

    /** Of the source tree, for the model's card. */
    private static String commit() {
        try {
            Process git = new ProcessBuilder(
                            "git", "-C", Home.folder().toString(), "describe", "--always", "--dirty", "--abbrev=12")
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String said = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return git.waitFor() == 0 ? said : UNKNOWN;
        } catch (IOException e) {
            return UNKNOWN; // no git, or no repository: the card says so
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return UNKNOWN;
        }
    }
}
