package org.dreamboothactors.deploy.commands;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.dreamboothactors.deploy.Exit;
import org.dreamboothactors.deploy.UsageException;
import org.dreamboothactors.deploy.remote.NamedRuns;
import org.dreamboothactors.deploy.remote.Remote;
import org.dreamboothactors.deploy.remote.RunNews;
import org.dreamboothactors.deploy.settings.SettingsOptions;
import org.dreamboothactors.protocol.v1.RunErased;
import org.dreamboothactors.protocol.v1.RunEvent;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Removes what a run has in the store. */
@Command(
        name = "erase",
        header = "Removes a run's photos, pictures and checkpoints.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Removes what the service has stored for a run, and cancels it first if it goes on: its states, checkpoints"
                    + " and pictures, and the photos and latents that no other run of its tenant has.",
            "There is no way back. Of a subject with several runs erase all. The run's events stay, with its prompts"
                    + " and the names of its photos; so do class images, which are everybody's, and downloads."
        },
        exitCodeListHeading = Exit.HEADING,
        exitCodeList = {"0:the run is erased", "1:the service did not answer", Exit.USAGE_HELP},
        footerHeading = Exit.EXAMPLES,
        footer = "  ./dreambooth erase \"$RUN\" --yes --reason \"the customer asked for it\"")
public final class EraseCommand implements Callable<Integer> {
    private static final Duration LONGEST = Duration.ofMinutes(5);

    @Parameters(paramLabel = "RUN", description = "run id, as submit prints it")
    String run = "";

    @Option(names = "--yes", description = "really")
    boolean really;

    @Option(
            names = "--reason",
            paramLabel = "TEXT",
            defaultValue = "erased from the command line",
            description = "for people who look at the run later (${DEFAULT-VALUE})")
    String reason = "";

    @ArgGroup(validate = false, heading = Exit.SERVICE)
    SettingsOptions service = new SettingsOptions();

    @Spec
    CommandSpec spec = CommandSpec.create();

    private final Outside outside;

    public EraseCommand() {
        this(Outside.ofThisProcess());
    }

    EraseCommand(Outside outside) {
        this.outside = outside;
    }

    @Override
    public Integer call() {
        String id = NamedRuns.runId(run);
        if (!really) {
            throw new UsageException("Cannot erase run " + id
                    + " unasked: its photos and checkpoints would be gone for good. Say --yes if that is wanted");
        }
        PrintWriter out = spec.commandLine().getOut();
        try (Remote remote = outside.reach(service)) {
            AtomicInteger old = new AtomicInteger();
            NamedRuns.replay(remote, id, _ -> old.incrementAndGet());
            remote.erase(id, reason);
            RunErased gone = new RunNews(remote, outside.clock(), LONGEST)
                    .first(id, event -> erased(event, old.getAndDecrement() <= 0))
                    .orElseThrow(() -> new IllegalStateException("Cannot tell whether run " + id
                            + " is erased: the service did not say so within " + LONGEST.toMinutes()
                            + " min. It will erase the run when it and its store are running, and no other run of the"
                            + " same photos is being prepared"));
            out.println("run " + id + " is erased: " + gone.getObjects() + " objects are gone");
            out.flush();
            return Exit.DONE;
        }
    }

    private static Optional<RunErased> erased(RunEvent event, boolean isNew) {
        return isNew && event.hasErased() ? Optional.of(event.getErased()) : Optional.empty();
    }
}
