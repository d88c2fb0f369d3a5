package org.dreamboothactors.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.dreamboothactors.embedded.EmbeddedS3;
import org.dreamboothactors.storage.CommitLog.Appended;
import org.dreamboothactors.storage.CommitLog.Commit;
import org.dreamboothactors.storage.CommitLog.Kind;
import org.dreamboothactors.storage.CommitLog.Lost;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommitLogIT {
    @TempDir
    Path directory;

    private EmbeddedS3 server;
    private ArtifactStore store;

    @BeforeEach
    void start() {
        server = EmbeddedS3.start(directory, 0, "access", "secret-secret");
        store = ArtifactStore.openOrCreate(new StoreSettings(
                server.endpoint(), "us-east-1", "log", "access", "secret-secret", Duration.ofSeconds(10), 3));
    }

    @AfterEach
    void stop() {
        store.close();
        server.close();
    }

    private static CommitLog.Append state(CommitLog log, long step, int attempt) {
        return log.append(
                Kind.STATE, step, attempt, "cpu", "w" + step, List.of(new Stored("blob" + step, 1, "sha" + step)));
    }

    @Test
    void isReadBackInOrder() {
        CommitLog log = CommitLog.open(store, "runs/a/");
        state(log, 10, 1);
        state(log, 20, 1);
        log.append(Kind.CHECKPOINT, 20, 1, "cpu", "w", List.of());

        CommitLog again = CommitLog.open(store, "runs/a/");
        assertThat(again.all()).isEqualTo(log.all()).hasSize(3);
        assertThat(again.newest(Kind.STATE).map(Commit::step)).contains(20L);
        assertThat(again.newest().map(Commit::kind)).contains(Kind.CHECKPOINT);
    }

    @Test
    void letsOnlyOneOfTwoWritersGoOn() {
        CommitLog awake = CommitLog.open(store, "runs/b/");
        CommitLog sleeper = CommitLog.open(store, "runs/b/");

        assertThat(state(awake, 10, 1)).isInstanceOf(Appended.class);
        assertThat(state(sleeper, 11, 1)).isEqualTo(new Lost(awake.all().getFirst()));
        assertThat(CommitLog.open(store, "runs/b/").all()).isEqualTo(awake.all());
    }

    @Test
    void refusesAnOlderAttempt() {
        CommitLog newer = CommitLog.open(store, "runs/c/");
        state(newer, 10, 2);

        CommitLog older = CommitLog.open(store, "runs/c/");
        assertThat(state(older, 20, 1)).isInstanceOf(Lost.class);
        assertThat(older.all()).hasSize(1);
    }

    @Test
    void noticesAChangedEntry() {
        CommitLog log = CommitLog.open(store, "runs/d/");
        state(log, 10, 1);
        state(log, 20, 1);
        String first = new String(store.read("runs/d/log/00000000", 10_000), UTF_8);
        store.put(
                "runs/d/log/00000000",
                first.replace("\"step\":10", "\"step\":11").getBytes(UTF_8));

        assertThatThrownBy(() -> CommitLog.open(store, "runs/d/"))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("runs/d/log/00000001 is damaged");
    }
}
