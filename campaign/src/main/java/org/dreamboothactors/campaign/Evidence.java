package org.dreamboothactors.campaign;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.dreamboothactors.campaign.checks.Tape;
import org.dreamboothactors.storage.ArtifactStore;
import org.dreamboothactors.storage.CommitLog;
import org.dreamboothactors.storage.StorageException;
import org.dreamboothactors.storage.StoreSettings;

/** Keeps what a run left: its facts as they were told, and its commits. Logs of the processes lie beside it. */
record Evidence(Path folder, StoreSettings settings, Tape tape) {

    void keep(String run) {
        List<String> lines = new ArrayList<>();
        try (ArtifactStore store = ArtifactStore.open(settings)) {
            CommitLog.open(store, "runs/" + run + "/").all().forEach(commit -> lines.add(commit.toString()));
        } catch (StorageException e) {
            lines.add(e.toString());
        }
        tape.events(run).forEach(event -> lines.add(event.toString()));
        try {
            Files.write(folder.resolve("evidence-" + run), lines);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot keep the evidence of " + run + ": " + e.getMessage(), e);
        }
    }
}
