package org.dreamboothactors.actors.inference;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.dreamboothactors.actors.work.Node;
import org.dreamboothactors.actors.work.RunFolders;
import org.dreamboothactors.actors.work.Scratch;
import org.dreamboothactors.actors.work.SharedObjects;
import org.dreamboothactors.storage.CommitLog;
import org.dreamboothactors.storage.CommitLog.Commit;
import org.dreamboothactors.storage.CommitLog.Kind;
import org.dreamboothactors.storage.Stored;

/** Checkpoints brought back from the store to draw with; a device keeps the last one. */
public record CheckpointCache(Node node, String device) {

    /** Forgets what devices of this node keep of a run. */
    public static void forget(Path workDirectory, String runId) {
        Path devices = devices(workDirectory);
        if (Files.isDirectory(devices)) {
            try (Stream<Path> caches = Files.list(devices)) {
                caches.map(cache -> cache.resolve(runId)).filter(Files::exists).forEach(Scratch::delete);
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot look into " + devices + ": " + e.getMessage(), e);
            }
        }
    }

    private static Path devices(Path workDirectory) {
        return workDirectory.resolve("checkpoints");
    }

    /** A diffusers folder of the run's checkpoint; empty when there is none of that step. */
    Optional<Path> folder(String runId, long step) {
        List<Commit> commits =
                CommitLog.open(node.store(), RunFolders.commits(runId)).all();
        return commits.stream()
                .filter(commit -> commit.kind() == Kind.CHECKPOINT && commit.step() == step)
                .findFirst() // the one that was announced
                .map(commit -> fetched(runId, commit));
    }

    private Path fetched(String runId, Commit checkpoint) {
        Path cache = devices(node.workDirectory()).resolve(device.replace(':', '-'));
        Path folder = cache.resolve(runId).resolve(checkpoint.weightsSha256());
        Path complete = folder.resolve("complete");
        if (!Files.exists(complete)) {
            Scratch.delete(cache);
            for (Stored file : checkpoint.blobs()) {
                // checkpoints/<run>/<step and digest>/<path in the folder>
                String[] parts = file.key().split("/", 4);
                new SharedObjects(node.store()).fetchGiven(file, folder.resolve(parts[3]));
            }
            Scratch.mark(complete);
        }
        return folder;
    }
}
