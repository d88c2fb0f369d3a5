package org.dreamboothactors.deploy.commands;

import java.util.concurrent.Callable;
import org.dreamboothactors.deploy.Exit;
import org.dreamboothactors.deploy.settings.Settings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints the documented settings file. */
@Command(
        name = "settings",
        header = "Prints the settings file.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Prints every setting with its meaning and default, as a file to start from.",
        footerHeading = Exit.EXAMPLES,
        footer = {
            "  ./dreambooth settings > my.yaml",
            "  ./dreambooth serve --config my.yaml --set train-slice=5m",
            "  DREAMBOOTH_TRAIN_SLICE=5m ./dreambooth serve --config my.yaml"
        })
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
