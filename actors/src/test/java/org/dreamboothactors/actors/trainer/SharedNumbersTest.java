package org.dreamboothactors.actors.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.dreamboothactors.actors.work.Scratch;
import org.dreamboothactors.diffusion.RandomModel;
import org.dreamboothactors.diffusion.weights.WeightFiles;
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
                SharedNumbers mine = SharedNumbers.of(() -> 1000, 2, scratch)) {
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
    void liesOnTheDiskWhereMemoryHasNoRoom() {
        try (Scratch scratch = Scratch.below(folder);
                SharedNumbers mine = SharedNumbers.of(() -> Long.MAX_VALUE / 8, 2, scratch)) {
            assertThat(mine.memory()).isEmpty();
            assertThat(mine.file()).startsWithRaw(folder);
        }
    }

    @Test
    void countsTheNumbersOfWhatLearns() {
        RandomModel.write(
                folder.resolve("model"),
                RandomModel.Size.TINY,
                Path.of("../diffusion/src/test/resources/golden/clip-tokenizer"));
        long unet = SharedNumbers.gradientBytes(folder.resolve("model"), false);
        long both = SharedNumbers.gradientBytes(folder.resolve("model"), true);

        assertThat(unet).isEqualTo(4 * numbers("unet"));
        assertThat(both - unet).isEqualTo(4 * numbers("text_encoder"));
    }

    private long numbers(String part) {
        return WeightFiles.sources(folder.resolve("model").resolve(part)).values().stream()
                .mapToLong(tensor -> tensor.floats().length)
                .sum();
    }

    @Test
    void nothingIsLeftInMemoryAfterwards() throws Exception {
        Path file;
        try (Scratch scratch = Scratch.below(folder);
                SharedNumbers mine = SharedNumbers.of(() -> 1000, 2, scratch)) {
            file = mine.file();
            Files.writeString(file, "numbers");
            assertThat(mine.memory()).isPresent();
        }

        assertThat(file.getParent()).doesNotExist();
    }
}
