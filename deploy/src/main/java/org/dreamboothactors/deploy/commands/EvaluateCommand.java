package org.dreamboothactors.deploy.commands;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.dreamboothactors.actors.intake.photo.PhotoExam;
import org.dreamboothactors.actors.intake.photo.RefusedPhoto;
import org.dreamboothactors.deploy.Exit;
import org.dreamboothactors.deploy.Home;
import org.dreamboothactors.deploy.UsageException;
import org.dreamboothactors.deploy.demo.DemoFiles;
import org.dreamboothactors.deploy.evaluation.Personalisation;
import org.dreamboothactors.deploy.evaluation.Scores;
import org.dreamboothactors.deploy.evaluation.Sitter;
import org.dreamboothactors.deploy.local.Configuration;
import org.dreamboothactors.deploy.local.DataDirectory;
import org.dreamboothactors.deploy.local.LocalService;
import org.dreamboothactors.deploy.local.LogFile;
import org.dreamboothactors.deploy.local.Places;
import org.dreamboothactors.deploy.local.StopSignal;
import org.dreamboothactors.deploy.remote.Remote;
import org.dreamboothactors.deploy.run.Photos;
import org.dreamboothactors.deploy.settings.Settings;
import org.dreamboothactors.deploy.settings.SettingsOptions;
import org.dreamboothactors.diffusion.images.Crop;
import org.dreamboothactors.diffusion.images.Png;
import org.dreamboothactors.diffusion.images.RgbImage;
import org.dreamboothactors.diffusion.judging.Judge;
import org.dreamboothactors.diffusion.judging.JudgeOpinion;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.dreamboothactors.diffusion.models.AutoencoderKL;
import org.dreamboothactors.toyworld.HeldOut;
import org.dreamboothactors.toyworld.Thing;
import org.dreamboothactors.toyworld.judging.BaseModelExam;
import org.dreamboothactors.toyworld.judging.JudgeExam;
import org.dreamboothactors.toyworld.pretraining.ModelCard;
import org.dreamboothactors.toyworld.pretraining.Reconstruction;
import picocli.CommandLine.ArgGroup;
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
            "Then what the autoencoder keeps of unseen renders, and of photos of yours.",
            "With --subjects, a service of its own personalises subjects that no training has seen, with the demo's"
                    + " numbers, and the judge says how near to their photos the pictures come. Ended and started again with"
                    + " the same folder, it does not train a second time what is there."
        },
        exitCodeListHeading = Exit.HEADING,
        exitCodeList = {Exit.DONE_HELP, Exit.FAILED_HELP, Exit.USAGE_HELP, Exit.INTERRUPTED_HELP},
        footerHeading = Exit.EXAMPLES,
        footer = {
            "  ./dreambooth evaluate --pictures evaluation",
            "  ./dreambooth evaluate --pictures evaluation --subjects 8 --seeds 3",
            "  ./dreambooth evaluate --pictures evaluation --subjects 8 --seeds 3 --set devices=cpu:0,cpu:1"
        })
public final class EvaluateCommand implements Callable<Integer> {
    private static final long EXAM_SEED = 2001;
    /** Runs that a service has for each of its devices: the next one is prepared while one trains. */
    private static final int AHEAD = 2;

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

    @Option(
            names = "--photos",
            paramLabel = "DIR",
            split = ",",
            description = "folders of photos that the autoencoder is to keep, made as small as its pictures (none)")
    List<Path> photos = List.of();

    @Option(
            names = "--subjects",
            paramLabel = "N",
            defaultValue = "0",
            description = "how many held-out subjects are personalised (${DEFAULT-VALUE})")
    int subjects;

    @Option(
            names = "--seeds",
            paramLabel = "N",
            defaultValue = "3",
            description = "runs of each, with prior preservation and without (${DEFAULT-VALUE})")
    int seeds;

    @Option(names = "--threads", paramLabel = "N", description = "of one operation (one a processor core)")
    int threads = Runtime.getRuntime().availableProcessors();

    @ArgGroup(validate = false, heading = Exit.SERVICE)
    SettingsOptions options = new SettingsOptions();

    @Spec
    CommandSpec spec = CommandSpec.create();

    private final Outside outside = Outside.ofThisProcess();

    @Override
    public Integer call() {
        Path model = folder(baseModel, "base-model", "model_index.json");
        Path judging = folder(judge, "judge", Judge.PART);
        List<Thing> known = things.stream().map(EvaluateCommand::thing).toList();
        List<Sitter> sitters = sitters();
        Settings settings = options.read(outside.environment());
        PrintWriter lines = spec.commandLine().getOut();
        try (Kernels kernels = Kernels.open(threads);
                JudgeOpinion opinion = JudgeOpinion.open(judging, kernels)) {
            int side = opinion.side();
            List<RgbImage> small = small(side);
            say(lines, "judge, on unseen renders: " + JudgeExam.sit(opinion, EXAM_SEED, side));
            say(lines, "base model, " + BaseModelExam.sit(model, opinion, known, pictures, threads, (done, all) -> {}));
            AutoencoderKL vae = AutoencoderKL.load(model.resolve(AutoencoderKL.PART), kernels);
            say(lines, "autoencoder, " + Reconstruction.ofUnseenRenders(vae, side, kernels));
            if (!small.isEmpty()) {
                say(
                        lines,
                        "autoencoder, " + Reconstruction.meanPsnr(vae, small, kernels) + " on " + small.size()
                                + " photos");
            }
            return sitters.isEmpty() ? Exit.DONE : personalise(sitters, settings, model, opinion, lines);
        }
    }

    private void makeFolder() {
        try {
            Files.createDirectories(pictures);
        } catch (IOException e) {
            throw new UsageException("Cannot write pictures to " + pictures + ": " + e, e);
        }
    }

    private List<Sitter> sitters() {
        int there = HeldOut.subjects().size();
        if (subjects < 0 || subjects > there) {
            throw new UsageException("Cannot evaluate: --subjects is " + subjects + ", expected 0 to " + there);
        }
        if (seeds < 1) {
            throw new UsageException("Cannot evaluate: --seeds is " + seeds + ", expected at least 1");
        }
        return IntStream.range(0, subjects).mapToObj(Sitter::new).toList();
    }

    private int personalise(
            List<Sitter> sitters, Settings settings, Path model, JudgeOpinion opinion, PrintWriter lines) {
        StopSignal stop = outside.signals().get();
        DemoFiles demo = DemoFiles.below(Home.folder());
        Places places = new Places(settings);
        Configuration configuration = new Configuration(settings, Home.folder(), baseModel);
        int ahead = AHEAD * Math.max(1, settings.list("devices").size());
        Optional<Scores> scores;
        try (DataDirectory data = DataDirectory.take(places.dataDirectory(pictures.resolve("service")))) {
            LogFile.instead(data.log());
            try (LocalService service = LocalService.start(places, configuration, data, _ -> {});
                    Remote remote = outside.connector().to(service.connection())) {
                say(lines, Scores.head());
                scores = new Personalisation(
                                remote,
                                opinion,
                                ModelCard.digests(model).toString(),
                                demo.run(),
                                ahead,
                                pictures,
                                stop,
                                outside.clock())
                        .all(sitters, seeds, row -> say(lines, row.line()));
            }
        }
        if (scores.isEmpty()) {
            return Exit.INTERRUPTED;
        }
        say(lines, scores.get().summary());
        Path figure = pictures.resolve("evaluation.png");
        scores.get().draw(figure);
        say(lines, "Figure  " + figure.toAbsolutePath());
        return Exit.DONE;
    }

    /** The middle squares of all photos. */
    private List<RgbImage> small(int side) {
        List<Path> all =
                photos.stream().flatMap(folder -> Photos.in(folder).stream()).toList();
        if (!all.isEmpty()) {
            makeFolder();
        }
        List<RgbImage> small = new ArrayList<>();
        for (Path photo : all) {
            Path clean = pictures.resolve("photo-" + small.size() + ".png");
            try {
                PhotoExam.examine(photo, clean);
            } catch (RefusedPhoto | IOException e) {
                throw new UsageException("Cannot evaluate " + photo + ": " + e.getMessage(), e);
            }
            small.add(Crop.center(side).apply(Png.read(clean)));
        }
        return small;
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
