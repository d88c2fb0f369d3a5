package org.dreamboothactors.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.dreamboothactors.embedded.EmbeddedS3;
import org.dreamboothactors.protocol.v1.CheckpointReady;
import org.dreamboothactors.protocol.v1.StoredObject;
import org.dreamboothactors.storage.ArtifactStore;
import org.dreamboothactors.storage.StorageException;
import org.dreamboothactors.storage.StoreSettings;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class DownloadIT {
    @TempDir
    static Path directory;

    private static EmbeddedS3 server;
    private static ArtifactStore store;

    @TempDir
    Path files;

    @BeforeAll
    static void start() {
        server = EmbeddedS3.start(directory, 0, "access", "secret-secret");
        store = ArtifactStore.openOrCreate(new StoreSettings(
                server.endpoint(), "us-east-1", "artifacts", "access", "secret-secret", Duration.ofSeconds(10), 3));
    }

    @AfterAll
    static void stop() {
        store.close();
        server.close();
    }

    @Test
    void bringsTheWholeFolder() {
        CheckpointReady checkpoint = checkpoint("whole/", "model_index.json", "unet/config.json", "vae/a-b.fp16.bin");

        Downloads.bring(store, checkpoint, files.resolve("new"));

        assertThat(files.resolve("new/unet/config.json")).content().isEqualTo("content of unet/config.json");
        assertThat(files.resolve("new/vae/a-b.fp16.bin")).isRegularFile();
        assertThat(files).isDirectoryContaining(path -> path.endsWith("new"));
        assertThat(files.toFile().list()).containsExactly("new");
    }

    @Test
    void takesAnEmptyFolderAndRefusesAFullOne() throws Exception {
        CheckpointReady checkpoint = checkpoint("twice/", "one");
        Path folder = Files.createDirectory(files.resolve("folder"));

        Downloads.bring(store, checkpoint, folder);
        Files.writeString(folder.resolve("one"), "mine");

        assertThatThrownBy(() -> Downloads.bring(store, checkpoint, folder))
                .hasMessageContaining("expected a new or empty folder");
        assertThat(folder.resolve("one")).content().isEqualTo("mine");
        assertThat(files.toFile().list()).containsExactly("folder");
    }

    @Test
    void leavesNothingWhenAnObjectWasTamperedWith() {
        CheckpointReady checkpoint = checkpoint("bad/", "a", "b", "c");
        store.put("bad/b", "CONTENT OF b".getBytes(UTF_8)); // as long as it was

        assertThatThrownBy(() -> Downloads.bring(store, checkpoint, files.resolve("new")))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("bad/b")
                .hasMessageContaining("damaged or replaced");
        assertThat(files).isEmptyDirectory();
    }

    @Test
    void leavesNothingWhenAnObjectIsMissing() {
        CheckpointReady checkpoint = checkpoint("gone/", "a", "b");
        store.remove("gone/b");

        assertThatThrownBy(() -> Downloads.bring(store, checkpoint, files.resolve("new")))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("gone/b");
        assertThat(files).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "p/../../out",
                "p/..",
                "p/a/../../out",
                "p//etc/passwd",
                "p/./a",
                "p/a\\..\\out",
                "p/",
                "p/a/",
                "other/a",
                "p/.ssh",
                "p/C:x"
            })
    void refusesAKeyThatLeadsOutOfTheFolder(String key) {
        CheckpointReady checkpoint = CheckpointReady.newBuilder()
                .setBucket("artifacts")
                .setPrefix("p/")
                .addFiles(StoredObject.newBuilder().setKey(key))
                .build();

        assertThatThrownBy(() -> Downloads.bring(store, checkpoint, files.resolve("in/new")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected plain names under p/");
        assertThat(files).isEmptyDirectory();
    }

    @Test
    void refusesAnotherBucketAndACheckpointWithoutFiles() {
        CheckpointReady checkpoint = checkpoint("elsewhere/", "a");

        assertThatThrownBy(() -> Downloads.bring(
                        store, checkpoint.toBuilder().setBucket("other").build(), files.resolve("new")))
                .hasMessageContaining("bucket other, expected artifacts");
        assertThatThrownBy(() -> Downloads.bring(
                        store, checkpoint.toBuilder().clearFiles().build(), files.resolve("new")))
                .hasMessageContaining("names no files");
    }

    private static CheckpointReady checkpoint(String prefix, String... names) {
        CheckpointReady.Builder checkpoint = CheckpointReady.newBuilder()
                .setRunId("run")
                .setStep(3)
                .setBucket("artifacts")
                .setPrefix(prefix);
        for (String name : names) {
            checkpoint.addFiles(Wire.message(store.put(prefix + name, ("content of " + name).getBytes(UTF_8))));
        }
        return checkpoint.build();
    }
}
