package org.dreamboothactors.deploy.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.dreamboothactors.deploy.UsageException;
import org.dreamboothactors.diffusion.CheckpointExport;
import org.dreamboothactors.diffusion.weights.Precision;
import org.dreamboothactors.diffusion.weights.ldm.ModelSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelFoldersTest {
    private static final Path TOY_WORLD =
            Path.of("../base-model").toAbsolutePath().normalize();

    @TempDir
    Path folder;

    @Test
    void convertsAFileOnceAndAgainWhenItChanged() throws IOException {
        ModelFolders folders = new ModelFolders(folder.resolve("models"), List.of(TOY_WORLD.resolve("tokenizer")));
        Path file = folder.resolve("toy.safetensors");
        CheckpointExport.singleFile(TOY_WORLD, file, Precision.FP16, new ModelSpec("toy", "", Instant.EPOCH));
        List<String> told = new ArrayList<>();

        Path first = folders.ready(file, told::add);
        Path again = folders.ready(file, told::add);
        Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH));
        Path changed = folders.ready(file, told::add);

        assertThat(first).isEqualTo(again).isDirectoryContaining("glob:**/model_index.json");
        assertThat(first.resolve("tokenizer/vocab.json"))
                .hasSameBinaryContentAs(TOY_WORLD.resolve("tokenizer/vocab.json"));
        assertThat(changed).isNotEqualTo(first);
        assertThat(told).hasSize(2).allMatch(line -> line.startsWith("Converted"));
        assertThat(ModelFolders.name(file)).isEqualTo("toy");
    }

    /** What lies beside it decides what it predicts, and which tokens pad. */
    @Test
    void convertsAFileAgainWhenItsConfigurationOrTokenizerComes() throws IOException {
        ModelFolders folders = new ModelFolders(folder.resolve("models"), List.of(TOY_WORLD.resolve("tokenizer")));
        Path file = folder.resolve("toy.safetensors");
        CheckpointExport.singleFile(TOY_WORLD, file, Precision.FP16, new ModelSpec("toy", "", Instant.EPOCH));

        Path alone = folders.folder(file);
        Files.writeString(folder.resolve("toy.yaml"), "model: {params: {parameterization: v}}");
        Path configured = folders.folder(file);
        Files.copy(
                TOY_WORLD.resolve("tokenizer/vocab.json"),
                Files.createDirectories(folder.resolve("tokenizer")).resolve("vocab.json"));
        Path withTokenizer = folders.folder(file);

        assertThat(List.of(alone, configured, withTokenizer)).doesNotHaveDuplicates();
        assertThat(folders.folder(file)).isEqualTo(withTokenizer);
    }

    @Test
    void twoThatConvertAFileAtOnceBothGetIt() {
        ModelFolders folders = new ModelFolders(folder.resolve("models"), List.of(TOY_WORLD.resolve("tokenizer")));
        Path file = folder.resolve("toy.safetensors");
        CheckpointExport.singleFile(TOY_WORLD, file, Precision.FP16, new ModelSpec("toy", "", Instant.EPOCH));

        try (ExecutorService two = Executors.newFixedThreadPool(2)) {
            List<CompletableFuture<Path>> ready = Stream.generate(
                            () -> CompletableFuture.supplyAsync(() -> folders.ready(file, _ -> {}), two))
                    .limit(2)
                    .toList();
            assertThat(ready)
                    .allSatisfy(path -> assertThat(path)
                            .succeedsWithin(Duration.ofMinutes(1))
                            .isEqualTo(folders.folder(file)));
        }

        assertThat(folders.folder(file)).isDirectoryContaining("glob:**/model_index.json");
        assertThat(folder.resolve("models")).isDirectoryNotContaining(path -> !path.equals(folders.folder(file)));
    }

    @Test
    void leavesAFolderAsItIs() {
        ModelFolders folders = new ModelFolders(folder, List.of());

        assertThat(folders.ready(TOY_WORLD, line -> {})).isEqualTo(TOY_WORLD);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void refusesAFileThatIsNoModelAsWrongUse() throws IOException {
        ModelFolders folders = new ModelFolders(folder.resolve("models"), List.of());
        Path file = Files.writeString(folder.resolve("model.ckpt"), "not a model at all");

        assertThatThrownBy(() -> folders.ready(file, line -> {}))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("Cannot read " + file);
    }
}
