package org.dreamboothactors.deploy.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dreamboothactors.deploy.commands.CommandLineOf.run;

import java.nio.file.Path;
import org.dreamboothactors.deploy.commands.CommandLineOf.Said;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConformanceCommandTest {
    /** Several ranks train in fp32; to pass over the rest would let one think that it was compared. */
    @ParameterizedTest
    @ValueSource(strings = {"--precision=bf16", "--precision=foo", "--channels-last", "--whole-graph", "--kinds=unet"})
    void refusesWithSeveralRanksWhatTheyDoNotDo(String option, @TempDir Path folder) {
        Said said = run(new ConformanceCommand(), folder.toString(), "--ranks", "2", option);

        assertThat(said.exitCode()).isEqualTo(2);
        assertThat(said.err()).contains("Cannot run reference cases");
    }
}
