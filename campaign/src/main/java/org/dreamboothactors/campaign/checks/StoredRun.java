package org.dreamboothactors.campaign.checks;

import java.util.List;
import java.util.Optional;
import org.dreamboothactors.protocol.Wire;
import org.dreamboothactors.protocol.v1.CheckpointReady;
import org.dreamboothactors.protocol.v1.StoredObject;
import org.dreamboothactors.storage.ArtifactStore;
import org.dreamboothactors.storage.CommitLog;
import org.dreamboothactors.storage.CommitLog.Commit;
import org.dreamboothactors.storage.CommitLog.Kind;
import org.dreamboothactors.storage.StorageException;
import org.dreamboothactors.storage.Stored;

/** What a run left in the store: every object is whole, and its log is one history. */
record StoredRun(ArtifactStore store, String run) {

    void check(List<CheckpointReady> announced, List<String> violations) {
        for (CheckpointReady checkpoint : announced) {
            for (StoredObject file : checkpoint.getFilesList()) {
                verify(Wire.stored(file), violations);
            }
        }
        for (String prefix : List.of("runs/" + run + "/blobs/", "checkpoints/" + run + "/")) {
            for (String key : store.list(prefix)) {
                Optional<Stored> object = store.stat(key);
                object.ifPresent(stored -> verify(stored, violations));
            }
        }
        log(violations);
    }

    private void verify(Stored object, List<String> violations) {
        try {
            store.verify(object);
        } catch (StorageException e) {
            violations.add(object.key() + " is not whole: " + e.getMessage());
        }
    }

    private void log(List<String> violations) {
        try {
            List<Commit> commits = CommitLog.open(store, "runs/" + run + "/").all();
            for (int i = 1; i < commits.size(); i++) {
                if (commits.get(i).attempt() < commits.get(i - 1).attempt()) {
                    violations.add("commit " + i + " is of attempt "
                            + commits.get(i).attempt() + ", the one before of attempt "
                            + commits.get(i - 1).attempt());
                }
            }
            List<Long> checkpoints = commits.stream()
                    .filter(commit -> commit.kind() == Kind.CHECKPOINT)
                    .map(Commit::step)
                    .toList();
            if (checkpoints.stream().distinct().count() < checkpoints.size()) {
                violations.add("its log has checkpoints of steps " + checkpoints + ", expected each once");
            }
        } catch (StorageException e) { // an entry that does not follow the one before
            violations.add(String.valueOf(e.getMessage()));
        }
    }
}
