package org.dreamboothactors.deploy.commands;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.dreamboothactors.deploy.Exit;
import org.dreamboothactors.deploy.progress.RunTable;
import org.dreamboothactors.deploy.progress.Screen;
import org.dreamboothactors.deploy.remote.Remote;
import org.dreamboothactors.deploy.settings.SettingsOptions;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Lists all runs. */
@Command(
        name = "runs",
        header = "Lists all runs.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Lists all runs, the newest last: run id, state, step, time since it was asked for, prompt.",
        exitCodeListHeading = Exit.HEADING,
        exitCodeList = {Exit.DONE_HELP, Exit.FAILED_HELP, Exit.USAGE_HELP},
        footerHeading = Exit.EXAMPLES,
        footer = {"  ./dreambooth runs", "  ./dreambooth runs | awk '$2 == \"training\" { print $1 }'"})
public final class RunsCommand implements Callable<Integer> {
    /** Of a prompt on a terminal; elsewhere it is whole. */
    private static final int NARROW = 40;

    @ArgGroup(validate = false, heading = Exit.SERVICE)
    SettingsOptions service = new SettingsOptions();

    @Spec
    CommandSpec spec = CommandSpec.create();

    private final Outside outside;

    public RunsCommand() {
        this(Outside.ofThisProcess());
    }

    RunsCommand(Outside outside) {
        this.outside = outside;
    }

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        int promptWidth = outside.kind() == Screen.Kind.TERMINAL ? NARROW : Integer.MAX_VALUE;
        try (Remote remote = outside.reach(service)) {
            RunTable table = new RunTable();
            remote.replay(table::hear);
            table.lines(outside.clock().instant(), promptWidth).forEach(out::println);
            out.flush();
            return Exit.DONE;
        }
    }
}
