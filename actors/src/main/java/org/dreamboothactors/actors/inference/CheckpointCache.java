package org.dreamboothactors.actors.inference;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.dreamboothactors.actors.work.Node;
import org.dreamboothactors.actors.work.Scratch;
import org.dreamboothactors.storage.CommitLog;
import org.dreamboothactors.storage.CommitLog.Commit;
import org.dreamboothactors.storage.CommitLog.Kind;
import org.dreamboothactors.storage.Stored;

/** Checkpoints brought back from the store to draw with; a device keeps the last one. */
record CheckpointCache(Node node, String device) {

    /** A diffusers folder of the run's checkpoint; empty when there is none of that step. */
    Optional<Path> folder(String runId, long step) {
        List<Commit> commits =
                CommitLog.open(node.store(), "runs/" + runId + "/").all();
        return commits.stream()
                .filter(commit -> commit.kind() == Kind.CHECKPOINT && commit.step() == step)
                .findFirst() // the one that was announced
                .map(this::fetched);
    }

    private Path fetched(Commit checkpoint) {
        Path cache = node.workDirectory().resolve("checkpoints").resolve(device.replace(':', '-'));
        Path folder = cache.resolve(checkpoint.weightsSha256());
        Path complete = folder.resolve("complete");
        if (!Files.exists(complete)) {
            Scratch.delete(cache);
            for (Stored file : checkpoint.blobs()) {
                // checkpoints/<run>/<step and digest>/<path in the folder>
                String[] parts = file.key().split("/", 4);
                node.store().fetch(file, folder.resolve(parts[3]));
            }
            Scratch.mark(complete);
        }
        return folder;
    }
}
