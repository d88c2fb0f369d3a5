package org.dreamboothactors.deploy.commands;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.dreamboothactors.deploy.Exit;
import org.dreamboothactors.deploy.Home;
import org.dreamboothactors.deploy.UsageException;
import org.dreamboothactors.diffusion.judging.Judge;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.dreamboothactors.diffusion.models.AutoencoderKL;
import org.dreamboothactors.diffusion.tokenizer.ClipTokenizer;
import org.dreamboothactors.toyworld.Thing;
import org.dreamboothactors.toyworld.judging.BaseModelExam;
import org.dreamboothactors.toyworld.judging.JudgeExam;
import org.dreamboothactors.toyworld.judging.Opinion;
import org.dreamboothactors.toyworld.pretraining.Reconstruction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures a base model of the toy world. */
@Command(
        name = "evaluate",
        header = "Measures a base model of the toy world with the judge.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "First the judge sits an exam on renders that nothing was trained on. Then the base model draws 96 prompts",
            "at fixed seeds, and the judge says how often thing, colour and place are what the prompt asked for.",
            "Last, what the autoencoder keeps of unseen renders."
        },
        exitCodeListHeading = Exit.HEADING,
        exitCodeList = {Exit.DONE_HELP, Exit.FAILED_HELP, Exit.USAGE_HELP},
        footerHeading = Exit.EXAMPLES,
        footer = "  ./dreambooth evaluate --pictures evaluation")
public final class EvaluateCommand implements Callable<Integer> {
    private static final long EXAM_SEED = 2001;

    @Option(names = "--base-model", paramLabel = "DIR", description = "diffusers folder (the bundled one)")
    Optional<Path> baseModel = Optional.empty();

    @Option(names = "--judge", paramLabel = "DIR", description = "judge's folder (the bundled one)")
    Optional<Path> judge = Optional.empty();

    @Option(
            names = "--things",
            paramLabel = "THING",
            split = ",",
            description = "kinds of things that the model was trained on, counted by themselves as well (all)")
    List<String> things = Stream.of(Thing.values()).map(Thing::word).toList();

    @Option(names = "--pictures", paramLabel = "DIR", required = true, description = "folder for the drawings")
    Path pictures = Path.of("");

    @Option(names = "--threads", paramLabel = "N", description = "of one operation (one a processor core)")
    int threads = Runtime.getRuntime().availableProcessors();

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        Path model = folder(baseModel, "base-model", "model_index.json");
        Path judging = folder(judge, "judge", Judge.PART);
        List<Thing> known = things.stream().map(EvaluateCommand::thing).toList();
        PrintWriter lines = spec.commandLine().getOut();
        try (Kernels kernels = Kernels.open(threads);
                ClipTokenizer tokenizer = ClipTokenizer.open(judging.resolve("tokenizer"))) {
            Opinion opinion = new Opinion(Judge.load(judging, kernels), tokenizer, kernels);
            int side = opinion.judge().config().side();
            say(lines, "judge, on unseen renders: " + JudgeExam.sit(opinion, EXAM_SEED, side));
            say(lines, "base model, " + BaseModelExam.sit(model, opinion, known, pictures, threads, (done, all) -> {}));
            AutoencoderKL vae = AutoencoderKL.load(model.resolve(AutoencoderKL.PART), kernels);
            say(lines, "autoencoder, " + Reconstruction.ofUnseenRenders(vae, side, kernels));
        }
        return Exit.DONE;
    }

    private static Thing thing(String word) {
        return Stream.of(Thing.values())
                .filter(thing -> thing.word().equals(word))
                .findFirst()
                .orElseThrow(() -> new UsageException("Cannot evaluate: there is no thing '" + word
                        + "', expected one of "
                        + Stream.of(Thing.values()).map(Thing::word).collect(Collectors.joining(", "))));
    }

    private static Path folder(Optional<Path> given, String bundled, String sign) {
        Path folder = given.orElseGet(() -> Home.folder().resolve(bundled));
        if (!Files.exists(folder.resolve(sign))) {
            throw new UsageException("Cannot evaluate: " + folder + " has no " + sign + ", expected it there");
        }
        return folder;
    }

    private static void say(PrintWriter lines, String text) {
        lines.println(text);
        lines.flush();
    }
}
