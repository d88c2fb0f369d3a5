package org.dreamboothactors.deploy.commands;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.dreamboothactors.deploy.Failures;
import org.dreamboothactors.deploy.local.StopSignal;
import org.dreamboothactors.deploy.progress.Screen;
import org.dreamboothactors.deploy.remote.Remote;
import picocli.CommandLine;

/** Runs one command as the program does and keeps what it says. */
final class CommandLineOf {
    /** What a person sees. */
    record Said(int exitCode, String out, String err) {}

    private CommandLineOf() {}

    static Said run(Object command, String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = new CommandLine(command)
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .setExecutionExceptionHandler(new Failures());
        int exitCode = line.execute(arguments);
        return new Said(exitCode, out.toString(), err.toString());
    }

    /** A world with this service in it and nothing else. */
    static Outside with(Remote service, InstantSource clock) {
        return new Outside(_ -> service, StopSignal::new, clock, Map.of(), Screen.Kind.PLAIN);
    }

    static Outside with(Remote service) {
        return with(service, InstantSource.system());
    }

    /** Arguments by which a command believes that a service is somewhere. */
    static String[] reaching(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of(
                "--bootstrap-servers",
                "127.0.0.1:1",
                "--s3-endpoint",
                "http://127.0.0.1:2",
                "--set",
                "s3-access-key=access",
                "--set",
                "s3-secret-key=secret"));
        return all.toArray(String[]::new);
    }
}
