package org.dreamboothactors.actors.work;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.function.Function;
import org.dreamboothactors.actors.device.DeviceLost;
import org.dreamboothactors.actors.metrics.Meters;
import org.dreamboothactors.actors.work.BaseModels.BaseModel;
import org.dreamboothactors.protocol.Events;
import org.dreamboothactors.protocol.v1.WorkFailed;
import org.dreamboothactors.storage.ArtifactStore;
import org.dreamboothactors.storage.StorageException;

/**
 * What the workers of a node share. Safe from any thread.
 *
 * @param workDirectory for files that may be lost
 */
public record Node(
        ArtifactStore store, Facts facts, EndedRuns ended, BaseModels models, Meters meters, Path workDirectory) {

    /** Of one queue of a device. */
    public Fitness fitness() {
        return new Fitness(scratchFolder());
    }

    public Scratch scratch() {
        return Scratch.below(scratchFolder());
    }

    private Path scratchFolder() {
        return workDirectory.resolve("scratch");
    }

    /**
     * Does work that needs a base model, unless the run wants none any more.
     *
     * @param fail tells that the work will not succeed, and why
     * @return with a device that was lost on the way: again
     */
    public Outcome withModel(
            String runId,
            String baseModel,
            String digest,
            Function<String, Outcome> fail,
            Function<BaseModel, Outcome> work) {
        if (ended.contains(runId)) {
            return forgotten(runId, new Outcome.Done());
        }
        try {
            return forgotten(
                    runId,
                    switch (models.find(baseModel, digest)) {
                        case BaseModels.Absent(String reason) -> new Outcome.Again(reason);
                        case BaseModels.Changed(String reason) -> fail.apply(reason);
                        case BaseModels.Found(BaseModel model) -> work.apply(model);
                    });
        } catch (DeviceLost e) {
            return new Outcome.Again(String.valueOf(e.getMessage()));
        }
    }

    /**
     * The outcome of work for a run, when nothing is kept that was stored for one that is to be erased: it may not have been
     * told of. Where the store is away the record comes again.
     */
    private Outcome forgotten(String runId, Outcome outcome) {
        if (!ended.isErased(runId)) {
            return outcome;
        }
        try {
            RunFolders.remove(store, runId);
            ended.forget(runId);
            return outcome;
        } catch (StorageException | UncheckedIOException e) {
            return new Outcome.Again("what is stored for it cannot be removed: " + e.getMessage());
        }
    }

    /** Tells that some work will not succeed by being tried again. */
    public Outcome fail(String runId, String topic, String requestId, String reason) {
        facts.tell(Events.event(runId, "work-failed-" + topic + "-" + requestId)
                .setWorkFailed(WorkFailed.newBuilder()
                        .setTopic(topic)
                        .setRequestId(requestId)
                        .setReason(Reason.cut(reason)))
                .build());
        return forgotten(runId, new Outcome.Done());
    }
}
