package org.dreamboothactors.deploy.commands;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.dreamboothactors.deploy.Exit;
import org.dreamboothactors.deploy.Home;
import org.dreamboothactors.deploy.UsageException;
import org.dreamboothactors.deploy.local.Connection;
import org.dreamboothactors.deploy.local.ModelFolders;
import org.dreamboothactors.deploy.progress.RunWatch;
import org.dreamboothactors.deploy.progress.Screen;
import org.dreamboothactors.deploy.remote.NamedRuns;
import org.dreamboothactors.deploy.remote.Remote;
import org.dreamboothactors.deploy.remote.Remote.Feed;
import org.dreamboothactors.deploy.run.Photos;
import org.dreamboothactors.deploy.run.RunDescription;
import org.dreamboothactors.deploy.run.RunFolders;
import org.dreamboothactors.deploy.run.RunOptions;
import org.dreamboothactors.deploy.settings.SettingsOptions;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.protocol.v1.RunSpec;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Uploads photos and asks for a checkpoint. */
@Command(
        name = "submit",
        header = "Asks for a personalised checkpoint.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        abbreviateSynopsis = true,
        description = {
            "Uploads the photos of one subject and asks for a personalised checkpoint; prints the run id.",
            "The run is described by flags, by YAML with the keys of NeMo's DreamBooth, or by both."
        },
        exitCodeListHeading = Exit.HEADING,
        exitCodeList = {
            "0:asked; with --wait: the checkpoint is ready",
            Exit.RUN_FAILED_HELP,
            Exit.USAGE_HELP,
            Exit.CANCELLED_HELP,
            Exit.INTERRUPTED_HELP
        },
        footerHeading = Exit.EXAMPLES,
        footer = {
            "  ./dreambooth submit --photos my-cat --class cat --class-images 40 --wait",
            "  RUN=$(./dreambooth submit --run prior-preservation.yaml model.data.instance_dir=my-cat)",
            "  ./dreambooth submit --photos my-cat --class cat --steps 800 --train-text-encoder"
        })
public final class SubmitCommand implements Callable<Integer> {
    @Mixin
    RunOptions run = new RunOptions();

    @ArgGroup(validate = false, heading = Exit.SERVICE)
    SettingsOptions service = new SettingsOptions();

    @Option(
            names = "--tenant",
            paramLabel = "NAME",
            defaultValue = "local",
            description = "whose photos these are; 1 to 64 of a-z, 0-9 and - (${DEFAULT-VALUE})")
    String tenant = "local";

    @Option(
            names = "--run-id",
            paramLabel = "ID",
            description = "a run id of your own: submitted twice it is one run (a fresh one)")
    Optional<String> runId = Optional.empty();

    @Option(names = "--wait", description = "follow the run until it is over")
    boolean wait;

    @Spec
    CommandSpec spec = CommandSpec.create();

    private final Outside outside;

    public SubmitCommand() {
        this(Outside.ofThisProcess());
    }

    SubmitCommand(Outside outside) {
        this.outside = outside;
    }

    @Override
    public Integer call() {
        RunDescription description = run.describe();
        List<Path> photos = Photos.in(description
                .photos()
                .orElseThrow(() -> new UsageException("Cannot submit a run: no photos are named,"
                        + " expected --photos DIR or model.data.instance_dir")));
        runId.ifPresent(NamedRuns::runId);
        RunFolders folders =
                RunFolders.of(description, photos.size(), spec.commandLine().getErr()::println);
        Connection connection = outside.find(service);
        RunSpec wanted = description
                .baseModel()
                .map(folder -> onBaseModel(description.spec(), folder, connection.baseModels()))
                .orElse(description.spec());
        PrintWriter out = spec.commandLine().getOut();
        try (Remote remote = outside.connector().to(connection)) {
            String id = remote.submit(runId, tenant, photos, wanted, folders.ownClassImages(), folders.given());
            out.println(id);
            out.flush();
            if (wait) {
                return follow(remote, id, folders);
            }
            return folders.areToBeFilled()
                    ? new FolderWait(remote, outside.clock(), spec.commandLine().getErr()::println).store(id, folders)
                    : Exit.DONE;
        }
    }

    private int follow(Remote remote, String id, RunFolders folders) {
        Screen screen = outside.screen(spec.commandLine().getOut());
        List<RunEvent> events = new ArrayList<>();
        RunWatch.End end;
        try (Feed<RunEvent> feed = remote.follow(id)) {
            end = RunWatch.plain(screen, outside.signals().get(), outside.clock())
                    .watch(feed, WatchCommand.PATIENCE, events::add);
        }
        folders.store(events, remote::read).forEach(screen::print);
        return RunExit.of(end, id, screen::print);
    }

    private static RunSpec onBaseModel(RunSpec spec, Path folder, Map<String, Path> known) {
        Path absolute = ModelFolders.below(Home.folder()).folder(folder);
        return known.entrySet().stream()
                .filter(entry -> entry.getValue().equals(absolute))
                .map(Map.Entry::getKey)
                .min(Comparator.naturalOrder())
                .map(name -> spec.toBuilder().setBaseModel(name).build())
                .orElseThrow(() -> new UsageException("Cannot use model.restore_from_path: the service does not have "
                        + folder.toAbsolutePath().normalize() + ", expected one of " + known.values()
                        + ". Start it with ./dreambooth serve --base-model " + folder
                        + ", or name what it has with --base-model-name"));
    }
}
