package org.dreamboothactors.actors.coordinator;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.dreamboothactors.actors.work.RunFolders;
import org.dreamboothactors.protocol.v1.RunErased;
import org.dreamboothactors.storage.ArtifactStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes what runs have in the store. Any number of times: what is gone is no error. */
record Eraser(ArtifactStore store, Executor executor) {
    private static final Logger LOG = LoggerFactory.getLogger(Eraser.class);

    /** Fails with a {@link org.dreamboothactors.storage.StorageException} where the store does not answer; a part may be gone then. */
    CompletableFuture<RunErased> erase(Erasing erasing) {
        return CompletableFuture.supplyAsync(() -> remove(erasing), executor);
    }

    private RunErased remove(Erasing erasing) {
        erasing.keys().forEach(store::remove); // photos first
        int ofTheRun = RunFolders.remove(store, erasing.runId());
        LOG.info(
                "{} is erased: {} objects are gone",
                erasing.runId(),
                erasing.keys().size() + ofTheRun);
        return RunErased.newBuilder()
                .setRound(erasing.round())
                .setObjects(erasing.keys().size() + ofTheRun)
                .build();
    }
}
