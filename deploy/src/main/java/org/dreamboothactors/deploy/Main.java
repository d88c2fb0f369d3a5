package org.dreamboothactors.deploy;

import java.util.concurrent.Callable;
import org.dreamboothactors.deploy.commands.CancelCommand;
import org.dreamboothactors.deploy.commands.CheckpointCommand;
import org.dreamboothactors.deploy.commands.ConformanceCommand;
import org.dreamboothactors.deploy.commands.DemoCommand;
import org.dreamboothactors.deploy.commands.EraseCommand;
import org.dreamboothactors.deploy.commands.EvaluateCommand;
import org.dreamboothactors.deploy.commands.EventsCommand;
import org.dreamboothactors.deploy.commands.KeysCommand;
import org.dreamboothactors.deploy.commands.PretrainCommand;
import org.dreamboothactors.deploy.commands.RandomModelCommand;
import org.dreamboothactors.deploy.commands.RunsCommand;
import org.dreamboothactors.deploy.commands.SampleCommand;
import org.dreamboothactors.deploy.commands.ServeCommand;
import org.dreamboothactors.deploy.commands.SettingsCommand;
import org.dreamboothactors.deploy.commands.SubmitCommand;
import org.dreamboothactors.deploy.commands.WatchCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The command line's entry point: the only class that ends the process. */
@Command(
        name = "dreambooth",
        mixinStandardHelpOptions = true,
        version = "dreambooth-actors 0.1.0",
        description = {
            "Turns a handful of photos of one subject into a personalised Stable Diffusion checkpoint.",
            "demo shows all of it. serve keeps a service up; submit, watch, runs, sample, checkpoint and cancel talk"
                    + " to it from another terminal."
        },
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = Exit.HEADING,
        exitCodeList = {
            Exit.DONE_HELP,
            Exit.RUN_FAILED_HELP,
            Exit.USAGE_HELP,
            Exit.CANCELLED_HELP,
            Exit.INTERRUPTED_HELP
        },
        footerHeading = Exit.EXAMPLES,
        footer = {
            "  ./dreambooth demo",
            "  ./dreambooth serve",
            "  ./dreambooth submit --photos my-cat --class cat --wait",
            "  ./dreambooth COMMAND --help"
        },
        subcommands = {
            DemoCommand.class,
            ServeCommand.class,
            SubmitCommand.class,
            WatchCommand.class,
            RunsCommand.class,
            SampleCommand.class,
            CheckpointCommand.class,
            CancelCommand.class,
            EraseCommand.class,
            EventsCommand.class,
            EvaluateCommand.class,
            PretrainCommand.class,
            RandomModelCommand.class,
            SettingsCommand.class,
            KeysCommand.class,
            ConformanceCommand.class
        })
public final class Main implements Callable<Integer> {
    private static final int HELP_WIDTH = 100;

    @Spec
    CommandSpec spec = CommandSpec.create();

    Main() {}

    /** Without a command there is nothing to do but to say which there are. */
    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getOut());
        return Exit.DONE;
    }

    /** A command line that reports errors as one line and their kind as exit code. */
    static CommandLine commandLine() {
        return new CommandLine(new Main())
                .setExecutionExceptionHandler(new Failures())
                .setParameterExceptionHandler(new WrongUse())
                .setUsageHelpWidth(HELP_WIDTH);
    }

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }
}
