package org.dreamboothactors.actors.work;

import java.util.List;
import java.util.stream.Stream;
import org.dreamboothactors.storage.ArtifactStore;

/** Where the objects lie that belong to one run alone: its log and states, its checkpoints, the pictures it drew. */
public final class RunFolders {
    private static final List<String> ALL = List.of("runs/", "checkpoints/", "samples/");

    private RunFolders() {}

    /** Removes all of them; returns how many there were. */
    public static int remove(ArtifactStore store, String runId) {
        List<String> keys = ALL.stream()
                .flatMap(folder -> list(store, folder + runId + "/"))
                .toList();
        keys.forEach(store::remove);
        return keys.size();
    }

    private static Stream<String> list(ArtifactStore store, String prefix) {
        return store.list(prefix).stream();
    }
}
