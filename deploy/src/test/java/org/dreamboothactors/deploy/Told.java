package org.dreamboothactors.deploy;

import java.util.List;
import org.dreamboothactors.protocol.v1.CheckpointPublished;
import org.dreamboothactors.protocol.v1.PhotoJudged;
import org.dreamboothactors.protocol.v1.PhotoVerdict;
import org.dreamboothactors.protocol.v1.RunAccepted;
import org.dreamboothactors.protocol.v1.RunCancelled;
import org.dreamboothactors.protocol.v1.RunErased;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.protocol.v1.RunFailed;
import org.dreamboothactors.protocol.v1.RunReady;
import org.dreamboothactors.protocol.v1.RunRequested;
import org.dreamboothactors.protocol.v1.RunSpec;
import org.dreamboothactors.protocol.v1.StepProgress;
import org.dreamboothactors.protocol.v1.StoredObject;
import org.dreamboothactors.protocol.v1.SubjectUpload;

/** Events as a service tells them. */
public final class Told {
    private Told() {}

    public static RunEvent requested(String run, RunSpec spec, long atMs) {
        return event(run)
                .setAtMs(atMs)
                .setRequested(RunRequested.newBuilder()
                        .setUpload(SubjectUpload.newBuilder().setRunId(run).setSpec(spec)))
                .build();
    }

    public static RunEvent judged(String run, String name, PhotoVerdict verdict) {
        return event(run)
                .setPhotoJudged(PhotoJudged.newBuilder().setName(name).setVerdict(verdict))
                .build();
    }

    public static RunEvent accepted(String run, RunSpec spec, StoredObject... images) {
        return event(run)
                .setAccepted(RunAccepted.newBuilder().setSpec(spec).addAllImages(List.of(images)))
                .build();
    }

    public static RunEvent step(String run, long step) {
        return event(run)
                .setStepProgress(StepProgress.newBuilder().setStep(step))
                .build();
    }

    public static RunEvent published(String run, long step) {
        return event(run)
                .setCheckpointPublished(CheckpointPublished.newBuilder().setStep(step))
                .build();
    }

    public static RunEvent ready(String run, long step) {
        return event(run).setReady(RunReady.newBuilder().setStep(step)).build();
    }

    public static RunEvent failed(String run, String reason) {
        return event(run).setFailed(RunFailed.newBuilder().setReason(reason)).build();
    }

    public static RunEvent erased(String run, long objects) {
        return event(run)
                .setErased(RunErased.newBuilder().setRound(1).setObjects(objects))
                .build();
    }

    public static RunEvent cancelled(String run, String reason) {
        return event(run)
                .setCancelled(RunCancelled.newBuilder().setReason(reason))
                .build();
    }

    private static RunEvent.Builder event(String run) {
        return RunEvent.newBuilder().setRunId(run);
    }
}
