package org.dreamboothactors.deploy.commands;

import java.util.concurrent.Callable;
import org.dreamboothactors.deploy.settings.Settings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints the documented settings file. */
@Command(
        name = "settings",
        mixinStandardHelpOptions = true,
        description = "Prints every setting with its meaning and default, as a file to start from.")
public final class SettingsCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        spec.commandLine().getOut().print(Settings.documentation());
        spec.commandLine().getOut().flush();
        return 0;
    }
}
