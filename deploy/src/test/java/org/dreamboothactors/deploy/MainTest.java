package org.dreamboothactors.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

class MainTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final CommandLine line =
            Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));

    @Test
    void withoutACommandItPrintsTheHelp() {
        assertThat(line.execute()).isZero();
        assertThat(out.toString()).contains("demo", "serve", "submit", "watch", "runs", "sample", "cancel", "Examples");
    }

    @Test
    void everyCommandHasExamplesAndEveryOptionADescription() {
        line.getSubcommands().forEach((name, command) -> {
            CommandSpec spec = command.getCommandSpec();
            assertThat(spec.usageMessage().footer()).as("examples of " + name).isNotEmpty();
            spec.options()
                    .forEach(option -> assertThat(option.description())
                            .as(name + " " + option.longestName())
                            .isNotEmpty());
        });
    }

    @Test
    void keysListsEveryKeyOfARunWithItsMeaning() {
        assertThat(line.execute("keys")).isZero();

        assertThat(out.toString().lines())
                .isSorted()
                .allMatch(key -> key.matches("[a-z0-9_.]+ {2,}\\S.*"))
                .anyMatch(key -> key.matches("model\\.optim\\.lr +learning rate of the UNet"));
    }

    @Test
    void aMistypedCommandIsWrongUse() {
        assertThat(line.execute("serv")).isEqualTo(Exit.USAGE);
        assertThat(err.toString()).contains("serve").contains("See ./dreambooth --help");
        assertThat(err.toString().lines()).hasSizeLessThan(5);
    }
}
