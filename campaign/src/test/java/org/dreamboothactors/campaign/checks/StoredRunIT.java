package org.dreamboothactors.campaign.checks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.dreamboothactors.campaign.network.Door;
import org.dreamboothactors.campaign.sabotage.ForgetfulStore;
import org.dreamboothactors.campaign.sabotage.WithoutAttempts;
import org.dreamboothactors.embedded.EmbeddedS3;
import org.dreamboothactors.storage.ArtifactStore;
import org.dreamboothactors.storage.CommitLog;
import org.dreamboothactors.storage.CommitLog.Append;
import org.dreamboothactors.storage.CommitLog.Appended;
import org.dreamboothactors.storage.CommitLog.Kind;
import org.dreamboothactors.storage.CommitLog.Lost;
import org.dreamboothactors.storage.StoreSettings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the campaign says of a store without the safeguards, in the order of events that its seeds wait for: whole services
 * without them need luck and minutes (docs/fault-campaign.md).
 */
class StoredRunIT {
    private static final String RUN = "a";
    private static final String FOLDER = "runs/" + RUN + "/";

    @TempDir
    Path directory = Path.of("");

    private EmbeddedS3 server;
    private ArtifactStore store;

    @BeforeEach
    void start() {
        server = EmbeddedS3.start(directory, 0, "access", "secret-secret");
        store = ArtifactStore.openOrCreate(settings(server.endpoint()));
    }

    @AfterEach
    void stop() {
        store.close();
        server.close();
    }

    @Test
    void aSleeperWhoseCommitComesLateIsRefused() throws IOException {
        assertThat(lateCommit(_ -> (_, _) -> {})).isInstanceOf(Lost.class);

        assertThat(violations()).isEmpty();
    }

    @Test
    void aStoreThatLetsCommitsBeReplacedIsFoundOut() throws IOException {
        assertThat(lateCommit(ForgetfulStore::new)).isInstanceOf(Appended.class);

        assertThat(violations()).singleElement().asString().contains("commit log", "is damaged", "follows digest");
    }

    @Test
    void anOlderAttemptCommitsNothing() {
        state(CommitLog.open(store, FOLDER), 20, 2);

        OlderAttempt.main(older());

        assertThat(violations()).isEmpty();
        assertThat(CommitLog.open(store, FOLDER).all()).hasSize(1);
    }

    @Test
    void trainersThatIgnoreAttemptsAreFoundOut() throws ReflectiveOperationException {
        state(CommitLog.open(store, FOLDER), 20, 2);

        WithoutAttempts.run(OlderAttempt.class, older());

        assertThat(violations()).containsExactly("commit 1 is of attempt 1, the one before of attempt 2");
    }

    @Test
    void aCheckpointThatIsThereTwiceIsFoundOut() {
        CommitLog log = CommitLog.open(store, FOLDER);
        log.append(Kind.CHECKPOINT, 20, 1, "cpu", "bits", List.of());
        log.append(Kind.CHECKPOINT, 20, 2, "cpu", "bits", List.of());

        assertThat(violations()).containsExactly("its log has checkpoints of steps [20, 20], expected each once");
    }

    @Test
    void anObjectThatIsNotWhatItsDigestNamesIsFoundOut() throws IOException {
        store.put(FOLDER + "blobs/state", "numbers".getBytes(UTF_8));
        assertThat(violations()).isEmpty();

        Path file = directory.resolve("campaign").resolve(FOLDER + "blobs/state");
        Files.writeString(file, "numbars");

        assertThat(violations()).singleElement().asString().contains("blobs/state is not whole");
    }

    /** A node opens the log and sleeps; another commits twice; the first wakes up and commits what it had. */
    private Append lateCommit(Function<StoreSettings, Door.Requests> watch) throws IOException {
        StoreSettings behind = settings(server.endpoint());
        try (Door door = Door.before(server.endpoint().getPort(), Map::of, watch.apply(behind));
                ArtifactStore sleepers = ArtifactStore.open(settings(URI.create("http://127.0.0.1:" + door.port())))) {
            CommitLog sleeper = CommitLog.open(sleepers, FOLDER);
            CommitLog awake = CommitLog.open(store, FOLDER);
            state(awake, 10, 2);
            state(awake, 20, 2);
            return state(sleeper, 11, 1);
        }
    }

    private List<String> violations() {
        List<String> violations = new ArrayList<>();
        new StoredRun(store, RUN).check(List.of(), violations);
        return violations;
    }

    private String[] older() {
        return new String[] {server.endpoint().toString(), "campaign", "access", "secret-secret", RUN};
    }

    private static Append state(CommitLog log, long step, int attempt) {
        return log.append(Kind.STATE, step, attempt, "cpu", "bits of " + step, List.of());
    }

    private static StoreSettings settings(URI endpoint) {
        return OlderAttempt.settings(endpoint, "campaign", "access", "secret-secret");
    }
}
