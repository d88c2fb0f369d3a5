package org.dreamboothactors.actors.inference;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointCacheTest {
    @TempDir
    Path work = Path.of("");

    @Test
    void forgetsOneRunOnAllDevices() throws IOException {
        for (String kept : List.of("cpu-0/gone/d1", "cpu-1/gone/d2", "cpu-1/gone-2/d3")) {
            Files.createDirectories(work.resolve("checkpoints").resolve(kept));
        }

        CheckpointCache.forget(work, "gone");
        CheckpointCache.forget(work.resolve("without"), "gone");

        assertThat(work.resolve("checkpoints/cpu-0")).isEmptyDirectory();
        assertThat(work.resolve("checkpoints/cpu-1/gone")).doesNotExist();
        assertThat(work.resolve("checkpoints/cpu-1/gone-2/d3")).exists();
    }
}
