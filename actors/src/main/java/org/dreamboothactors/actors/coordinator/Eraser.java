package org.dreamboothactors.actors.coordinator;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.dreamboothactors.actors.turns.Belongings;
import org.dreamboothactors.actors.work.RunFolders;
import org.dreamboothactors.protocol.v1.RunErased;
import org.dreamboothactors.storage.ArtifactStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes what runs have in the store. Any number of times: what is gone is no error. */
record Eraser(ArtifactStore store, Belongings belongings, Executor executor) {
    private static final Logger LOG = LoggerFactory.getLogger(Eraser.class);

    /**
     * Fails with a {@link org.dreamboothactors.storage.StorageException} where the store does not answer, when a part may be
     * gone, and with an {@link IllegalStateException} while it is not known what the run has alone.
     */
    CompletableFuture<RunErased> erase(Erasing erasing) {
        return CompletableFuture.supplyAsync(() -> remove(erasing), executor);
    }

    private RunErased remove(Erasing erasing) {
        // Asked for now, and not when it was decided: other runs may have come meanwhile.
        List<String> alone = belongings
                .alone(erasing.runId(), erasing.round())
                .orElseThrow(() -> new IllegalStateException("another run of its photos is being prepared"));
        alone.forEach(store::remove); // photos first
        int objects = alone.size() + RunFolders.remove(store, erasing.runId());
        LOG.info("{} is erased: {} objects are gone", erasing.runId(), objects);
        return RunErased.newBuilder()
                .setRound(erasing.round())
                .setObjects(objects)
                .build();
    }
}
