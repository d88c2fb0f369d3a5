package org.dreamboothactors.actors.trainer;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.dreamboothactors.storage.ArtifactStore;
import org.dreamboothactors.storage.CommitLog;
import org.dreamboothactors.storage.CommitLog.Commit;
import org.dreamboothactors.storage.CommitLog.Kind;
import org.dreamboothactors.storage.CorruptObjectException;
import org.dreamboothactors.storage.StorageException;
import org.dreamboothactors.storage.Stored;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A committed state that came back from the store whole.
 *
 * @param file of this machine
 */
record RestoredState(Commit commit, Path file) {
    private static final Logger LOG = LoggerFactory.getLogger(RestoredState.class);

    /** The newest one of the log; empty when the run must begin anew. A store that cannot be reached throws. */
    static Optional<RestoredState> newest(ArtifactStore store, String runId, CommitLog log, Path file) {
        List<Commit> states = log.all().reversed().stream()
                .filter(commit -> commit.kind() == Kind.STATE)
                .limit(StateCommits.KEPT)
                .toList();
        for (Commit state : states) {
            if (fetched(store, runId, state, file)) {
                return Optional.of(new RestoredState(state, file));
            }
        }
        if (!states.isEmpty()) {
            LOG.warn("{} begins anew: none of its last {} states can be read", runId, states.size());
        }
        return Optional.empty();
    }

    private static boolean fetched(ArtifactStore store, String runId, Commit state, Path file) {
        Stored blob = state.blobs().getFirst();
        if (store.stat(blob.key()).isEmpty()) {
            LOG.warn("{}: the state of step {} is missing: {}", runId, state.step(), blob.key());
            return false;
        }
        try {
            store.fetch(blob, file);
            return true;
        } catch (StorageException e) {
            if (!(e.getCause() instanceof CorruptObjectException)) {
                throw e;
            }
            LOG.warn("{}: the state of step {} is damaged: {}", runId, state.step(), e.getMessage());
            store.remove(blob.key()); // or the same state, computed once more, would be taken for stored
            return false;
        }
    }
}
