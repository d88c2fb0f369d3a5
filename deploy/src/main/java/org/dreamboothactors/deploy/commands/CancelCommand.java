package org.dreamboothactors.deploy.commands;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.dreamboothactors.deploy.Exit;
import org.dreamboothactors.deploy.progress.RunProgress;
import org.dreamboothactors.deploy.progress.RunProgress.Over;
import org.dreamboothactors.deploy.remote.NamedRuns;
import org.dreamboothactors.deploy.remote.Remote;
import org.dreamboothactors.deploy.remote.RunNews;
import org.dreamboothactors.deploy.settings.SettingsOptions;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Ends a run early. */
@Command(
        name = "cancel",
        header = "Ends a run early.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Ends a run that is not over yet, and waits until the service says so.",
        exitCodeListHeading = Exit.HEADING,
        exitCodeList = {
            "0:the run is cancelled",
            "1:the run was over in another way, or the service did not answer",
            Exit.USAGE_HELP
        },
        footerHeading = Exit.EXAMPLES,
        footer = "  ./dreambooth cancel \"$RUN\" --reason \"wrong photos\"")
public final class CancelCommand implements Callable<Integer> {
    private static final Duration LONGEST = Duration.ofSeconds(60);

    @Parameters(paramLabel = "RUN", description = "run id, as submit prints it")
    String run = "";

    @Option(
            names = "--reason",
            paramLabel = "TEXT",
            defaultValue = "cancelled from the command line",
            description = "for people who look at the run later (${DEFAULT-VALUE})")
    String reason = "";

    @ArgGroup(validate = false, heading = Exit.SERVICE)
    SettingsOptions service = new SettingsOptions();

    @Spec
    CommandSpec spec = CommandSpec.create();

    private final Outside outside;

    public CancelCommand() {
        this(Outside.ofThisProcess());
    }

    CancelCommand(Outside outside) {
        this.outside = outside;
    }

    @Override
    public Integer call() {
        String id = NamedRuns.runId(run);
        PrintWriter out = spec.commandLine().getOut();
        try (Remote remote = outside.reach(service)) {
            RunProgress progress = new RunProgress();
            NamedRuns.replay(remote, id, event -> refuseOver(id, progress.hear(event)));
            remote.cancel(id, reason);
            Over over = ending(remote, id);
            out.println("run " + id + " " + over.text());
            out.flush();
            return over.ending() == RunProgress.Ending.CANCELLED ? Exit.DONE : Exit.FAILED;
        }
    }

    private static void refuseOver(String id, Optional<RunProgress.Line> line) {
        if (line.isPresent() && line.get() instanceof Over over) {
            throw new IllegalStateException("Cannot cancel run " + id + ": it is over, " + over.text());
        }
    }

    private Over ending(Remote remote, String id) {
        RunProgress progress = new RunProgress();
        return new RunNews(remote, outside.clock(), LONGEST)
                .first(id, event -> progress.hear(event).flatMap(CancelCommand::over))
                .orElseThrow(() -> new IllegalStateException("Cannot tell whether run " + id
                        + " is cancelled: the service did not say so within " + LONGEST.toSeconds()
                        + " s. Is it running? It will cancel the run when it is"));
    }

    private static Optional<Over> over(RunProgress.Line line) {
        return line instanceof Over over ? Optional.of(over) : Optional.empty();
    }
}
