package org.dreamboothactors.diffusion.weights;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
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
        end("exit");

        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void whatAKilledProcessLeftIsDeletedByALaterOne() throws IOException, InterruptedException {
        end("halt");
        Path left = only(folder);
        DraftFolder.beside(folder.resolve("model")).close();
        assertThat(left).as("it may still be in the making").isNotEmptyDirectory();

        Files.setLastModifiedTime(left, FileTime.from(Instant.now().minus(Duration.ofHours(25))));
        DraftFolder.beside(folder.resolve("other")).close();
        assertThat(left).as("of another path").exists();
        DraftFolder.beside(folder.resolve("model")).close();

        assertThat(folder).isEmptyDirectory();
    }

    private static Path only(Path folder) throws IOException {
        try (Stream<Path> content = Files.list(folder)) {
            return content.reduce((one, other) -> {
                        throw new AssertionError(one + " and " + other);
                    })
                    .orElseThrow();
        }
    }

    private void end(String how) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Interrupted.class.getName(),
                        folder.resolve("model").toString(),
                        how)
                .inheritIO()
                .start();

        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("ended").isTrue();
        assertThat(process.exitValue()).isEqualTo(Interrupted.EXIT);
    }

    /** Ends in the middle of its work, as by Ctrl-C or as by SIGKILL. */
    static final class Interrupted {
        static final int EXIT = 3;

        private Interrupted() {}

        public static void main(String[] arguments) throws IOException {
            try (DraftFolder draft = DraftFolder.beside(Path.of(arguments[0]))) {
                Files.writeString(Files.createDirectories(draft.path("half")).resolve("weights"), "half of it");
                if (arguments[1].equals("halt")) {
                    Runtime.getRuntime().halt(EXIT);
                }
                System.exit(EXIT);
            }
        }
    }
}
