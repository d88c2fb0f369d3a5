package org.dreamboothactors.actors.work;

import java.nio.file.Path;
import org.dreamboothactors.protocol.Events;
import org.dreamboothactors.protocol.v1.WorkFailed;
import org.dreamboothactors.storage.ArtifactStore;

/**
 * What the workers of a node share. Safe from any thread.
 *
 * @param workDirectory for files that may be lost
 */
public record Node(ArtifactStore store, Facts facts, EndedRuns ended, BaseModels models, Path workDirectory) {

    public Scratch scratch() {
        return Scratch.below(workDirectory.resolve("scratch"));
    }

    /** Tells that some work will not succeed by being tried again. */
    public Outcome fail(String runId, String topic, String requestId, String reason) {
        facts.tell(Events.event(runId, "work-failed-" + topic + "-" + requestId)
                .setWorkFailed(WorkFailed.newBuilder()
                        .setTopic(topic)
                        .setRequestId(requestId)
                        .setReason(reason))
                .build());
        return new Outcome.Done();
    }
}
