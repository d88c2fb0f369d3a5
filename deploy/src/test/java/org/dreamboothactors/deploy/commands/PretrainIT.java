package org.dreamboothactors.deploy.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.dreamboothactors.deploy.Exit;
import org.dreamboothactors.deploy.commands.CommandLineOf.Said;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PretrainIT {
    private static final String TINY = "../toyworld/src/test/resources/pretraining/tiny.yaml";

    @TempDir
    Path folder = Path.of("");

    @Test
    void makesModelsThatCanBeEvaluated() {
        Path out = folder.resolve("finished");

        Said pretrained = CommandLineOf.run(
                new PretrainCommand(),
                "--recipe",
                TINY,
                "--work",
                folder.resolve("work").toString(),
                "--out",
                out.toString());
        Said evaluated = CommandLineOf.run(
                new EvaluateCommand(),
                "--base-model",
                out.resolve("base-model").toString(),
                "--judge",
                out.resolve("judge").toString(),
                "--things",
                "teapot,duck",
                "--pictures",
                folder.resolve("pictures").toString());

        assertThat(pretrained.exitCode()).as(pretrained.err()).isEqualTo(Exit.DONE);
        assertThat(pretrained.out()).contains("autoencoder 5 of 5", "denoiser 5 of 5", "judge 5 of 5");
        assertThat(evaluated.exitCode()).as(evaluated.err()).isEqualTo(Exit.DONE);
        assertThat(evaluated.out()).contains("AUC", "its own things: thing", "dB on 128 renders");
    }

    @Test
    void namesAFolderThatHoldsNoModel() {
        Said said = CommandLineOf.run(
                new EvaluateCommand(), "--base-model", folder.toString(), "--pictures", folder.toString());

        assertThat(said.exitCode()).isEqualTo(Exit.USAGE);
        assertThat(said.err()).contains(folder + " has no model_index.json");
    }
}
