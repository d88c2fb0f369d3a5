package org.dreamboothactors.diffusion.weights;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DraftFolderTest {
    @TempDir
    Path folder = Path.of("");

    @Test
    void eachIsAnotherAndHidden() {
        Path target = folder.resolve("new/model");

        try (DraftFolder one = DraftFolder.beside(target);
                DraftFolder other = DraftFolder.beside(target)) {
            assertThat(one.path("x")).isNotEqualTo(other.path("x"));
            assertThat(folder.resolve("new")).isDirectoryContaining("glob:**/.model.draft-*");
        }

        assertThat(folder.resolve("new")).isEmptyDirectory();
    }

    @Test
    void isDeletedWhenTheProcessIsToldToEnd() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Interrupted.class.getName(),
                        folder.resolve("model").toString())
                .inheritIO()
                .start();

        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("ended").isTrue();
        assertThat(process.exitValue()).isEqualTo(Interrupted.EXIT);
        assertThat(folder).isEmptyDirectory();
    }

    /** Ends as by Ctrl-C in the middle of its work. */
    static final class Interrupted {
        static final int EXIT = 3;

        private Interrupted() {}

        public static void main(String[] arguments) throws IOException {
            try (DraftFolder draft = DraftFolder.beside(Path.of(arguments[0]))) {
                Files.writeString(Files.createDirectories(draft.path("half")).resolve("weights"), "half of it");
                System.exit(EXIT);
            }
        }
    }
}
