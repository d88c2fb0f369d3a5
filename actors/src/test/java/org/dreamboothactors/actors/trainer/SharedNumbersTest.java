package org.dreamboothactors.actors.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.dreamboothactors.actors.work.Scratch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class SharedNumbersTest {
    @TempDir
    Path folder = Path.of("");

    @Test
    void whatAKilledProcessLeftInMemoryIsGoneAtTheNextStart() throws Exception {
        try (Scratch scratch = Scratch.below(folder);
                SharedNumbers mine = SharedNumbers.of(Files.createDirectory(folder.resolve("model")), 2, scratch)) {
            Files.writeString(mine.file(), "in use");
            Process other = new ProcessBuilder("sleep", "60").start();
            String started =
                    Long.toString(other.info().startInstant().orElseThrow().toEpochMilli());
            Path killed = mine.file()
                    .resolve("../../work-" + other.pid() + "-" + started + "-1")
                    .normalize();
            Files.createDirectory(killed);
            Files.writeString(killed.resolve("gradients"), "left");

            SharedNumbers.sweep();
            assertThat(killed).exists(); // its process lives
            other.destroyForcibly().waitFor();
            SharedNumbers.sweep();

            assertThat(killed).doesNotExist();
            assertThat(mine.file()).exists();
        }
    }

    @Test
    void nothingIsLeftInMemoryAfterwards() throws Exception {
        Path file;
        try (Scratch scratch = Scratch.below(folder);
                SharedNumbers mine = SharedNumbers.of(Files.createDirectory(folder.resolve("model")), 2, scratch)) {
            file = mine.file();
            Files.writeString(file, "numbers");
            assertThat(mine.memory()).isPresent();
        }

        assertThat(file.getParent()).doesNotExist();
    }
}
