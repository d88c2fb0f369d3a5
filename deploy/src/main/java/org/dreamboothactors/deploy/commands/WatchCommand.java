package org.dreamboothactors.deploy.commands;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.dreamboothactors.deploy.Exit;
import org.dreamboothactors.deploy.progress.RunWatch;
import org.dreamboothactors.deploy.progress.RunWatch.Patience;
import org.dreamboothactors.deploy.progress.Screen;
import org.dreamboothactors.deploy.remote.NamedRuns;
import org.dreamboothactors.deploy.remote.Remote;
import org.dreamboothactors.deploy.remote.Remote.Feed;
import org.dreamboothactors.deploy.settings.SettingsOptions;
import org.dreamboothactors.protocol.v1.RunEvent;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows a run from its beginning until it is over. */
@Command(
        name = "watch",
        header = "Follows a run until it is over.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Shows what happened in a run and what goes on, until it is over.",
        exitCodeListHeading = Exit.HEADING,
        exitCodeList = {
            "0:the checkpoint is ready",
            Exit.RUN_FAILED_HELP,
            Exit.USAGE_HELP,
            Exit.CANCELLED_HELP,
            Exit.INTERRUPTED_HELP
        },
        footerHeading = Exit.EXAMPLES,
        footer = {"  ./dreambooth watch \"$RUN\"", "  ./dreambooth watch \"$RUN\" > run.log && echo ready"})
public final class WatchCommand implements Callable<Integer> {
    /** A run without an event after this does not exist; a slow one may be silent for hours. */
    static final Patience PATIENCE = new Patience(Duration.ofSeconds(20), Duration.ofHours(24));

    @Parameters(paramLabel = "RUN", description = "run id, as submit prints it")
    String run = "";

    @ArgGroup(validate = false, heading = Exit.SERVICE)
    SettingsOptions service = new SettingsOptions();

    @Spec
    CommandSpec spec = CommandSpec.create();

    private final Outside outside;
    private final Patience patience;

    public WatchCommand() {
        this(Outside.ofThisProcess(), PATIENCE);
    }

    WatchCommand(Outside outside, Patience patience) {
        this.outside = outside;
        this.patience = patience;
    }

    @Override
    public Integer call() {
        String id = NamedRuns.runId(run);
        Screen screen = outside.screen(spec.commandLine().getOut());
        try (Remote remote = outside.reach(service);
                Feed<RunEvent> events = remote.follow(id)) {
            RunWatch.End end = RunWatch.plain(screen, outside.signals().get(), outside.clock())
                    .watch(events, patience, _ -> {});
            return RunExit.of(end, id, screen::print);
        }
    }
}
