package org.dreamboothactors.actors.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScratchTest {
    @TempDir
    Path parent = Path.of("");

    @Test
    void deletesItsFilesWhenClosed() throws Exception {
        Scratch scratch = Scratch.below(parent);
        Files.writeString(scratch.folder("deep").resolve("file"), "x");
        scratch.close();

        assertThat(parent).isEmptyDirectory();
    }

    @Test
    void deletesWhatAProcessThatIsGoneLeftBehind() throws Exception {
        Files.createDirectories(parent.resolve("work-999999999-5-abc").resolve("deep"));
        Files.createDirectories(parent.resolve("work-" + ProcessHandle.current().pid() + "-5-abc")); // an earlier start

        try (Scratch scratch = Scratch.below(parent)) {
            assertThat(parent.toFile().listFiles()).hasSize(1);
            assertThat(scratch.folder("mine")).exists();
        }
    }

    @Test
    void refusesNamesThatLeadOutOfTheFolder() {
        try (Scratch scratch = Scratch.below(parent)) {
            for (String name : List.of("/etc/passwd", "../x", "deep/x", "..", "")) {
                assertThatThrownBy(() -> scratch.file(name)).hasMessageContaining("'" + name + "'");
            }
        }
    }

    @Test
    void leavesTheFoldersOfLivingProcessesAndOfOthers() throws Exception {
        Files.createDirectories(parent.resolve("mine"));
        try (Scratch first = Scratch.below(parent);
                Scratch second = Scratch.below(parent)) {

            assertThat(first.file("x").getParent()).isDirectory();
            assertThat(second.file("x").getParent()).isDirectory();
            assertThat(parent.resolve("mine")).isDirectory();
        }
    }
}
