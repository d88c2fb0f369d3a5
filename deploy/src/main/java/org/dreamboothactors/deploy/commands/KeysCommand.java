package org.dreamboothactors.deploy.commands;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.dreamboothactors.deploy.Exit;
import org.dreamboothactors.deploy.run.Keys;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints the keys that describe a run in YAML. */
@Command(
        name = "keys",
        header = "Lists the YAML keys of a run.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Prints every key that --run YAML and key=value take, with its meaning, a line each.",
        footerHeading = Exit.EXAMPLES,
        footer = {"  ./dreambooth keys", "  ./dreambooth keys | grep model.optim"})
public final class KeysCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        Keys.documentation().forEach(out::println);
        out.flush();
        return Exit.DONE;
    }
}
