package org.dreamboothactors.actors.board.runs;

import java.util.stream.IntStream;
import org.dreamboothactors.protocol.v1.CachedLatent;
import org.dreamboothactors.protocol.v1.CheckpointVerified;
import org.dreamboothactors.protocol.v1.PhotoJudged;
import org.dreamboothactors.protocol.v1.PhotoVerdict;
import org.dreamboothactors.protocol.v1.PriorPreservation;
import org.dreamboothactors.protocol.v1.RunAccepted;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.protocol.v1.RunRequested;
import org.dreamboothactors.protocol.v1.RunSpec;
import org.dreamboothactors.protocol.v1.Sample;
import org.dreamboothactors.protocol.v1.SamplesReady;
import org.dreamboothactors.protocol.v1.StepProgress;
import org.dreamboothactors.protocol.v1.StoredObject;
import org.dreamboothactors.protocol.v1.SubjectUpload;
import org.dreamboothactors.protocol.v1.Training;
import org.dreamboothactors.protocol.v1.TrainingStarted;
import org.dreamboothactors.protocol.v1.UploadedPhoto;

/** Facts of a run named cat. */
final class CatFacts {
    private CatFacts() {}

    static RunEvent requested(String id) {
        return RunEvent.newBuilder()
                .setRunId(id)
                .setEventId("requested")
                .setRequested(RunRequested.newBuilder()
                        .setUpload(SubjectUpload.newBuilder()
                                .setRunId(id)
                                .setTenant("studio")
                                .addPhotos(UploadedPhoto.newBuilder().setObject(object("uploads/raw")))
                                .addPhotos(UploadedPhoto.getDefaultInstance())))
                .build();
    }

    static RunEvent.Builder fact(String id) {
        return RunEvent.newBuilder().setRunId("cat").setEventId(id).setAtMs(1_000);
    }

    static RunEvent started(int attempt, long from) {
        return fact("started-" + attempt)
                .setTrainingStarted(
                        TrainingStarted.newBuilder().setAttempt(attempt).setFromStep(from))
                .build();
    }

    static RunEvent progress(int attempt, long step) {
        return fact("").setStepProgress(StepProgress.newBuilder()
                        .setAttempt(attempt)
                        .setStep(step)
                        .setLoss(0.5))
                .build();
    }

    static RunEvent loss(long step, double loss) {
        return fact("").setStepProgress(
                        StepProgress.newBuilder().setAttempt(1).setStep(step).setLoss(loss))
                .build();
    }

    static RunAccepted spec(int images) {
        RunAccepted.Builder accepted = RunAccepted.newBuilder()
                .setSpec(RunSpec.newBuilder()
                        .setTraining(Training.newBuilder().setMaxSteps(100))
                        .setPrior(PriorPreservation.newBuilder().setNumClassImages(4)));
        IntStream.range(0, images).forEach(i -> accepted.addImages(object("clean/" + i)));
        return accepted.build();
    }

    static PhotoJudged accepted(int index) {
        return PhotoJudged.newBuilder()
                .setIndex(index)
                .setVerdict(PhotoVerdict.ACCEPTED)
                .setImage(object("clean/" + index))
                .build();
    }

    static CachedLatent latent() {
        return CachedLatent.getDefaultInstance();
    }

    static SamplesReady samples(int round, long step, int pictures) {
        SamplesReady.Builder ready = SamplesReady.newBuilder().setStep(step);
        IntStream.range(0, pictures)
                .forEach(i -> ready.addSamples(
                        Sample.newBuilder().setPrompt("p" + i).setImage(object("samples/" + round + "/" + i))));
        return ready.build();
    }

    static CheckpointVerified checkpoint(long step) {
        return CheckpointVerified.newBuilder()
                .setStep(step)
                .setPrefix("ckpt/")
                .setWeightsSha256("weights")
                .addFiles(object("ckpt/unet.safetensors"))
                .build();
    }

    static StoredObject object(String key) {
        return StoredObject.newBuilder()
                .setKey(key)
                .setSizeBytes(7)
                .setSha256("sha-" + key)
                .build();
    }
}
