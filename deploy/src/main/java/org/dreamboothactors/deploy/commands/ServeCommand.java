package org.dreamboothactors.deploy.commands;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.dreamboothactors.deploy.Exit;
import org.dreamboothactors.deploy.Home;
import org.dreamboothactors.deploy.demo.DemoFolder;
import org.dreamboothactors.deploy.local.Configuration;
import org.dreamboothactors.deploy.local.DataDirectory;
import org.dreamboothactors.deploy.local.LocalService;
import org.dreamboothactors.deploy.local.Places;
import org.dreamboothactors.deploy.local.StopSignal;
import org.dreamboothactors.deploy.progress.Elapsed;
import org.dreamboothactors.deploy.settings.Settings;
import org.dreamboothactors.deploy.settings.SettingsOptions;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Keeps the service up until it is told to stop. */
@Command(
        name = "serve",
        header = "Keeps the service up.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Keeps the service up: takes requests, trains, publishes checkpoints, shows a dashboard.",
            "Without addresses it brings a Kafka broker and an S3 store of its own, on this machine alone."
                    + " What they hold survives a restart; runs go on where they were.",
            "SIGTERM or Ctrl-C stops it in order, a second one at once."
        },
        exitCodeListHeading = Exit.HEADING,
        exitCodeList = {"0:stopped in order", Exit.FAILED_HELP, Exit.USAGE_HELP},
        footerHeading = Exit.EXAMPLES,
        footer = {
            "  ./dreambooth serve",
            "  ./dreambooth serve --data-dir /srv/dreambooth --set dashboard-port=8080",
            "  DREAMBOOTH_S3_ACCESS_KEY=... DREAMBOOTH_S3_SECRET_KEY=... ./dreambooth serve \\",
            "      --bootstrap-servers kafka-1:9092,kafka-2:9092 --s3-endpoint https://s3.example.org"
        })
public final class ServeCommand implements Callable<Integer> {
    @ArgGroup(validate = false, heading = Exit.SERVICE)
    SettingsOptions options = new SettingsOptions();

    @Option(
            names = "--base-model",
            paramLabel = "MODEL",
            description =
                    "SD 1.x or 2.x model: a diffusers folder, .safetensors, .ckpt or .nemo; becomes the default (the bundled toy-world)")
    Optional<Path> baseModel = Optional.empty();

    @Spec
    CommandSpec spec = CommandSpec.create();

    private final Outside outside = Outside.ofThisProcess();

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        Instant begin = outside.clock().instant();
        StopSignal stop = outside.signals().get();
        Settings settings = options.read(outside.environment());
        Places places = new Places(settings);
        Configuration configuration = new Configuration(settings, Home.folder(), baseModel);
        try (DataDirectory data = DataDirectory.take(places.dataDirectory(Places.usualDataDirectory()))) {
            say(out, Elapsed.prefix(begin, outside.clock()) + "Starting in " + data.root());
            try (LocalService service = LocalService.start(
                    places, configuration, data, line -> say(out, Elapsed.prefix(begin, outside.clock()) + line))) {
                DemoFolder.leaveTo(data);
                service.connection()
                        .dashboard()
                        .ifPresent(uri -> say(out, Elapsed.prefix(begin, outside.clock()) + "Dashboard   " + uri));
                say(
                        out,
                        Elapsed.prefix(begin, outside.clock()) + "Ready. Connection for other commands in "
                                + data.connectionFile() + ", Ctrl-C stops the service");
                stop.await();
                say(out, Elapsed.prefix(begin, outside.clock()) + "Stopping");
            }
            say(out, Elapsed.prefix(begin, outside.clock()) + "Stopped");
        }
        return Exit.DONE;
    }

    private static void say(PrintWriter out, String line) {
        out.println(line);
        out.flush();
    }
}
