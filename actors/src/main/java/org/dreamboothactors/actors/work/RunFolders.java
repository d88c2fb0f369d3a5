package org.dreamboothactors.actors.work;

import java.util.List;
import java.util.stream.Stream;
import org.dreamboothactors.storage.ArtifactStore;

/** Key prefixes of the objects that belong to one run alone; what lies elsewhere is not erased with it. */
public final class RunFolders {
    private RunFolders() {}

    /** Its commit log, states and verdicts. */
    public static String commits(String runId) {
        return "runs/" + runId + "/";
    }

    public static String checkpoints(String runId) {
        return "checkpoints/" + runId + "/";
    }

    /** Pictures that it drew. */
    public static String samples(String runId) {
        return "samples/" + runId + "/";
    }

    /** Removes all that lies in them; returns how many objects that were. */
    public static int remove(ArtifactStore store, String runId) {
        List<String> keys = Stream.of(commits(runId), checkpoints(runId), samples(runId))
                .flatMap(folder -> store.list(folder).stream())
                .toList();
        keys.forEach(store::remove);
        return keys.size();
    }
}
