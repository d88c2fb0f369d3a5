package org.dreamboothactors.deploy.commands;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.concurrent.Callable;
import org.dreamboothactors.deploy.Exit;
import org.dreamboothactors.deploy.remote.NamedRuns;
import org.dreamboothactors.deploy.remote.Remote;
import org.dreamboothactors.deploy.settings.SettingsOptions;
import org.dreamboothactors.protocol.v1.RunEvent;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints a run's history for programs. */
@Command(
        name = "events",
        header = "Prints every event of a run as JSON.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Prints what is in run-events of one run up to now: one JSON object a line, oldest first.",
        exitCodeListHeading = Exit.HEADING,
        exitCodeList = {"0:printed", Exit.USAGE_HELP},
        footerHeading = Exit.EXAMPLES,
        footer = {"  ./dreambooth events \"$RUN\" | grep stepsCommitted"})
public final class EventsCommand implements Callable<Integer> {
    @Parameters(paramLabel = "RUN", description = "run id, as submit prints it")
    String run = "";

    @ArgGroup(validate = false, heading = Exit.SERVICE)
    SettingsOptions service = new SettingsOptions();

    @Spec
    CommandSpec spec = CommandSpec.create();

    private final Outside outside;

    public EventsCommand() {
        this(Outside.ofThisProcess());
    }

    EventsCommand(Outside outside) {
        this.outside = outside;
    }

    @Override
    public Integer call() {
        String id = NamedRuns.runId(run);
        PrintWriter out = spec.commandLine().getOut();
        JsonFormat.Printer json = JsonFormat.printer().omittingInsignificantWhitespace();
        try (Remote remote = outside.reach(service)) {
            NamedRuns.replay(remote, id, event -> out.println(text(json, event)));
            out.flush();
            return Exit.DONE;
        }
    }

    private static String text(JsonFormat.Printer json, RunEvent event) {
        try {
            return json.print(event);
        } catch (InvalidProtocolBufferException e) {
            throw new UncheckedIOException("Cannot print an event of run " + event.getRunId() + ": " + e, e);
        }
    }
}
