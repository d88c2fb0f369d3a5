package org.dreamboothactors.deploy;

import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Turns what a command throws into one line on the error stream and an exit code. */
public final class Failures implements IExecutionExceptionHandler {
    @Override
    public int handleExecutionException(Exception failure, CommandLine command, ParseResult arguments) {
        String message = failure.getMessage() == null ? failure.toString() : failure.getMessage();
        command.getErr().println(message.replace('\n', ' '));
        command.getErr().flush();
        if (failure instanceof UsageException) {
            return Exit.USAGE;
        }
        if (System.getProperty("dreambooth.trace") != null) {
            failure.printStackTrace(command.getErr());
        }
        return Exit.FAILED;
    }
}
