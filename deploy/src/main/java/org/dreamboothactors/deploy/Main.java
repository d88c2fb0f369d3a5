package org.dreamboothactors.deploy;

import org.dreamboothactors.deploy.commands.ConformanceCommand;
import org.dreamboothactors.deploy.commands.SettingsCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line's entry point: the only class that ends the process. */
@Command(
        name = "dreambooth",
        mixinStandardHelpOptions = true,
        version = "dreambooth-actors 0.1.0",
        description = "Turns a handful of photos of one subject into a personalised Stable Diffusion checkpoint.",
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:failed", "2:wrong use"},
        footerHeading = "%nExamples:%n",
        footer = {
            "  ./dreambooth settings > my.yaml",
            "  ./dreambooth conformance reference-cases --kinds tokenizer,scheduler"
        },
        subcommands = {ConformanceCommand.class, SettingsCommand.class})
public final class Main {
    private Main() {}

    /** A command line that reports errors as one line and their kind as exit code. */
    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Main());
        line.setExecutionExceptionHandler((failure, command, _) -> {
            String message = failure.getMessage() == null ? failure.toString() : failure.getMessage();
            command.getErr().println(message);
            if (failure instanceof UsageException) {
                return CommandLine.ExitCode.USAGE;
            }
            if (System.getProperty("dreambooth.trace") != null) {
                failure.printStackTrace(command.getErr());
            }
            return CommandLine.ExitCode.SOFTWARE;
        });
        return line;
    }

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }
}
