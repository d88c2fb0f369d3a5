package org.dreamboothactors.deploy.commands;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.dreamboothactors.deploy.Exit;
import org.dreamboothactors.deploy.UsageException;
import org.dreamboothactors.deploy.remote.Announced;
import org.dreamboothactors.deploy.remote.NamedRuns;
import org.dreamboothactors.deploy.remote.Remote;
import org.dreamboothactors.deploy.settings.SettingsOptions;
import org.dreamboothactors.protocol.v1.CheckpointReady;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Brings a run's checkpoint here. */
@Command(
        name = "checkpoint",
        header = "Downloads a checkpoint.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Downloads a run's checkpoint, a diffusers folder; every file is checked against its digest.",
        exitCodeListHeading = Exit.HEADING,
        exitCodeList = {Exit.DONE_HELP, Exit.FAILED_HELP, Exit.USAGE_HELP},
        footerHeading = Exit.EXAMPLES,
        footer = "  ./dreambooth checkpoint \"$RUN\" --out my-model")
public final class CheckpointCommand implements Callable<Integer> {
    private static final Duration LONGEST = Duration.ofSeconds(30);

    @Parameters(paramLabel = "RUN", description = "run id, as submit prints it")
    String run = "";

    @Option(names = "--step", paramLabel = "N", description = "checkpoint of that step (the newest)")
    Optional<Long> step = Optional.empty();

    @Option(names = "--out", paramLabel = "DIR", required = true, description = "new folder for the checkpoint")
    Path out = Path.of("");

    @ArgGroup(validate = false, heading = Exit.SERVICE)
    SettingsOptions service = new SettingsOptions();

    @Spec
    CommandSpec spec = CommandSpec.create();

    private final Outside outside;

    public CheckpointCommand() {
        this(Outside.ofThisProcess());
    }

    CheckpointCommand(Outside outside) {
        this.outside = outside;
    }

    @Override
    public Integer call() {
        String id = NamedRuns.runId(run);
        PrintWriter lines = spec.commandLine().getOut();
        try (Remote remote = outside.reach(service)) {
            NamedRuns.history(remote, id); // says so when there is no such run
            OptionalLong wanted = step.map(OptionalLong::of).orElseGet(OptionalLong::empty);
            CheckpointReady ready = Announced.find(remote, id, wanted, LONGEST, outside.clock())
                    .orElseThrow(() -> new UsageException("Cannot download a checkpoint of run " + id + ": "
                            + step.map(number -> "none of step " + number + " was published")
                                    .orElse("none was published")
                            + " yet. See ./dreambooth watch " + id));
            remote.download(ready, out);
            lines.println("step " + ready.getStep() + ", weights " + ready.getWeightsSha256() + ", in " + out);
            lines.flush();
            return Exit.DONE;
        }
    }
}
