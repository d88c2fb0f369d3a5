package org.dreamboothactors.deploy.commands;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.dreamboothactors.deploy.Exit;
import org.dreamboothactors.deploy.Home;
import org.dreamboothactors.deploy.UsageException;
import org.dreamboothactors.deploy.demo.Demo;
import org.dreamboothactors.deploy.demo.DemoFiles;
import org.dreamboothactors.deploy.demo.DemoFolder;
import org.dreamboothactors.deploy.demo.SheetPrompts;
import org.dreamboothactors.deploy.local.Configuration;
import org.dreamboothactors.deploy.local.Connection;
import org.dreamboothactors.deploy.local.DataDirectory;
import org.dreamboothactors.deploy.local.LocalService;
import org.dreamboothactors.deploy.local.LogFile;
import org.dreamboothactors.deploy.local.Places;
import org.dreamboothactors.deploy.local.StopSignal;
import org.dreamboothactors.deploy.progress.Elapsed;
import org.dreamboothactors.deploy.progress.RunWatch.NoNews;
import org.dreamboothactors.deploy.progress.RunWatch.RunOver;
import org.dreamboothactors.deploy.progress.RunWatch.Stopped;
import org.dreamboothactors.deploy.progress.Screen;
import org.dreamboothactors.deploy.progress.Spans;
import org.dreamboothactors.deploy.remote.Remote;
import org.dreamboothactors.deploy.run.Photos;
import org.dreamboothactors.deploy.run.RunDescription;
import org.dreamboothactors.deploy.run.RunOptions;
import org.dreamboothactors.deploy.settings.Settings;
import org.dreamboothactors.deploy.settings.SettingsOptions;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Everything once, on this machine. */
@Command(
        name = "demo",
        header = "Shows everything once: photos in, checkpoint and contact sheet out.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        abbreviateSynopsis = true,
        description = {
            "Starts the service with a Kafka broker and an S3 store of its own, uploads photos of a teapot, shows"
                    + " the run live until its checkpoint is ready, and draws a contact sheet: the photos, and what"
                    + " the model draws for the same prompts and seeds before and after.",
            "A second run finds class images and latents of the first one. The numbers are in demo/run.yaml, the"
                    + " prompts in demo/prompts.txt."
        },
        exitCodeListHeading = Exit.HEADING,
        exitCodeList = {
            "0:the checkpoint is ready and the sheet is written",
            Exit.RUN_FAILED_HELP,
            Exit.USAGE_HELP,
            Exit.CANCELLED_HELP,
            Exit.INTERRUPTED_HELP
        },
        footerHeading = Exit.EXAMPLES,
        footer = {
            "  ./dreambooth demo",
            "  ./dreambooth demo --photos my-cat --class cat --out cat.png --keep",
            "  ./dreambooth demo --fresh trainer.max_steps=100"
        })
public final class DemoCommand implements Callable<Integer> {
    @Mixin
    RunOptions run = new RunOptions();

    @ArgGroup(validate = false, heading = Exit.SERVICE)
    SettingsOptions options = new SettingsOptions();

    @Option(
            names = "--base-model",
            paramLabel = "MODEL",
            description =
                    "SD 1.x or 2.x model: a diffusers folder, .safetensors, .ckpt or .nemo (the bundled toy-world)")
    Optional<Path> baseModel = Optional.empty();

    @Option(
            names = "--out",
            paramLabel = "FILE",
            defaultValue = "dreambooth-demo.png",
            description = "the contact sheet, a PNG (${DEFAULT-VALUE})")
    Path sheet = Path.of("");

    @Option(
            names = "--checkpoint-dir",
            paramLabel = "DIR",
            description = "where the checkpoint is downloaded, in a folder of the run's name (DATA-DIR/checkpoints)")
    Optional<Path> checkpoints = Optional.empty();

    @Option(
            names = "--fresh",
            description = "first delete what earlier demos kept in the data directory, their checkpoints included;"
                    + " refused in a folder that no demo began with")
    boolean fresh;

    @Option(names = "--keep", description = "keep serving afterwards, to look at the dashboard; Ctrl-C ends it")
    boolean keep;

    @Spec
    CommandSpec spec = CommandSpec.create();

    private final Outside outside = Outside.ofThisProcess();

    @Override
    public Integer call() {
        Instant begin = outside.clock().instant();
        StopSignal stop = outside.signals().get();
        Screen screen = outside.screen(spec.commandLine().getOut());
        DemoFiles files = DemoFiles.below(Home.folder());
        Settings settings = options.read(outside.environment());
        Places places = new Places(settings);
        RunDescription wanted = run.describe(List.of(files.run()));
        if (wanted.photos().isPresent() && !run.namesSubject()) {
            throw new UsageException("Cannot run the demo: other photos without the subject's class,"
                    + " expected --class NOUN, e.g. --class teapot");
        }
        if (wanted.classImages().isPresent() || wanted.cached().isPresent()) {
            throw new UsageException("Cannot run the demo with model.data.regularization_dir or cached latents,"
                    + " expected neither. ./dreambooth submit uses and fills such folders");
        }
        Destination.file(sheet);
        List<Path> photos = Photos.in(wanted.photos().orElse(files.photos()));
        SheetPrompts prompts = SheetPrompts.read(files.prompts(), wanted.spec());
        Configuration configuration = new Configuration(settings, Home.folder(), baseModel.or(wanted::baseModel));
        Path usual = Home.folder().resolve(".dreambooth/demo");
        DemoFolder folder = new DemoFolder(places.dataDirectory(usual), usual);
        try (DataDirectory data = fresh ? folder.takeEmptied() : folder.take()) {
            LogFile.instead(data.log());
            screen.print("Starting in " + data.root() + ", log in " + data.log());
            try (LocalService service = LocalService.start(
                    places, configuration, data, line -> screen.print(Elapsed.prefix(begin, outside.clock()) + line))) {
                service.connection()
                        .dashboard()
                        .ifPresent(uri -> screen.print(Elapsed.prefix(begin, outside.clock()) + "Dashboard   " + uri));
                return demo(service.connection(), wanted, photos, prompts, data, screen, stop, begin);
            }
        }
    }

    private int demo(
            Connection connection,
            RunDescription wanted,
            List<Path> photos,
            SheetPrompts prompts,
            DataDirectory data,
            Screen screen,
            StopSignal stop,
            Instant begin) {
        try (Remote remote = outside.connector().to(connection)) {
            Demo demo = new Demo(remote, screen, stop, outside.clock(), begin);
            Path folder = checkpoints.orElse(data.checkpoints());
            return switch (demo.run(runId(begin), wanted, photos, prompts, sheet.toAbsolutePath(), folder)) {
                case Demo.Done done -> {
                    report(done, connection, screen, begin);
                    if (keep) {
                        screen.print("Serving until Ctrl-C");
                        stop.await();
                    }
                    yield Exit.DONE;
                }
                case Demo.Interrupted() -> {
                    screen.print("Stopping");
                    yield Exit.INTERRUPTED;
                }
                case Demo.NotReady(var why) -> {
                    screen.print("No checkpoint; the service's log is " + data.log());
                    yield switch (why) {
                        case RunOver(var ending) -> RunExit.of(ending);
                        case NoNews _, Stopped _ -> Exit.FAILED;
                    };
                }
            };
        }
    }

    private void report(Demo.Done done, Connection connection, Screen screen, Instant begin) {
        screen.print("");
        screen.print("Contact sheet  " + sheet.toAbsolutePath());
        screen.print("Checkpoint     s3://" + done.checkpoint().getBucket() + "/"
                + done.checkpoint().getPrefix());
        screen.print("               " + done.folder());
        screen.print("Weights        sha256 " + done.checkpoint().getWeightsSha256());
        screen.print("Work           " + done.totals());
        screen.print("Time           "
                + Spans.text(Duration.between(begin, outside.clock().instant())));
        connection
                .dashboard()
                .ifPresent(uri ->
                        screen.print("Dashboard      " + uri + (keep ? "" : " (while the service runs: --keep)")));
    }

    /** One demo at a time has the data directory, so the second it began in is a name of its own. */
    private static String runId(Instant begin) {
        return "demo-"
                + DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT)
                        .withZone(ZoneOffset.UTC)
                        .format(begin);
    }
}
