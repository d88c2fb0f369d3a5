package org.dreamboothactors.deploy.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dreamboothactors.deploy.commands.CommandLineOf.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.dreamboothactors.deploy.commands.CommandLineOf.Said;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoCommandTest {
    private static final String HOME = "dreambooth.home";

    @TempDir
    Path folder = Path.of("");

    @BeforeEach
    void isAtHome() {
        System.setProperty(HOME, "..");
    }

    @AfterEach
    void isAwayAgain() {
        System.clearProperty(HOME);
    }

    @Test
    void refusesASheetThatCannotBeWrittenBeforeAnythingStarts() {
        Said said = run(
                new DemoCommand(),
                "--out",
                folder.toString(),
                "--data-dir",
                folder.resolve("data").toString());

        assertThat(said.exitCode()).isEqualTo(2);
        assertThat(said.err()).contains("Cannot write " + folder + ": it is a folder");
        assertThat(folder.resolve("data")).doesNotExist();
    }

    @Test
    void freshDeletesNothingInAFolderOfOthers() throws IOException {
        Path mine =
                Files.createFile(Files.createDirectories(folder.resolve("work")).resolve("thesis"));

        Said said = run(
                new DemoCommand(),
                "--fresh",
                "--data-dir",
                folder.toString(),
                "--set",
                "train-slice=soon"); // which would end the demo before it starts anything

        assertThat(said.exitCode()).isEqualTo(2);
        assertThat(said.err()).contains(folder + " holds files").contains("name another --data-dir");
        assertThat(mine).exists();
        assertThat(folder).isDirectoryNotContaining(file -> !mine.startsWith(file));
    }
}
