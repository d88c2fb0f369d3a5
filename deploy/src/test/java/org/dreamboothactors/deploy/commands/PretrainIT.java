package org.dreamboothactors.deploy.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
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

    @Test
    void judgesWhatItIsToldBeforeItDraws() {
        Path pictures = folder.resolve("pictures");
        List<String> told =
                List.of("--base-model", "../base-model", "--judge", "../judge", "--pictures", pictures.toString());

        assertThat(refused(told, "--subjects", "99")).contains("--subjects is 99, expected 0 to ");
        assertThat(refused(told, "--subjects", "1", "--seeds", "0")).contains("--seeds is 0, expected at least 1");
        assertThat(refused(told, "--photos", folder.resolve("none").toString())).contains("none is not a folder");
        assertThat(pictures).doesNotExist();
    }

    private static String refused(List<String> told, String... more) {
        Said said = CommandLineOf.run(
                new EvaluateCommand(),
                Stream.concat(told.stream(), Stream.of(more)).toArray(String[]::new));
        assertThat(said.exitCode()).isEqualTo(Exit.USAGE);
        return said.err();
    }
}
