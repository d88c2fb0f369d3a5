package org.dreamboothactors.actors.coordinator;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.dreamboothactors.actors.work.BaseModels.BaseModel;
import org.dreamboothactors.protocol.Events;
import org.dreamboothactors.protocol.v1.CachedLatent;
import org.dreamboothactors.protocol.v1.CheckpointVerified;
import org.dreamboothactors.protocol.v1.ClassImagesReady;
import org.dreamboothactors.protocol.v1.DrawRequested;
import org.dreamboothactors.protocol.v1.GenerationRequest;
import org.dreamboothactors.protocol.v1.LatentRequest;
import org.dreamboothactors.protocol.v1.LatentsCached;
import org.dreamboothactors.protocol.v1.PhotoJudged;
import org.dreamboothactors.protocol.v1.PhotoVerdict;
import org.dreamboothactors.protocol.v1.PriorPreservation;
import org.dreamboothactors.protocol.v1.RunCancelled;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.protocol.v1.RunRequested;
import org.dreamboothactors.protocol.v1.RunSpec;
import org.dreamboothactors.protocol.v1.SampleRequest;
import org.dreamboothactors.protocol.v1.StoredObject;
import org.dreamboothactors.protocol.v1.SubjectUpload;
import org.dreamboothactors.protocol.v1.Training;
import org.dreamboothactors.protocol.v1.TrainingYielded;
import org.dreamboothactors.protocol.v1.UploadedPhoto;
import org.dreamboothactors.protocol.v1.WorkFailed;

/** Uploads, and the facts that workers tell. */
final class Runs {
    static final String TOY = "toy";
    static final int GROUP_SIZE = 4;

    private Runs() {}

    static Decisions decisions() {
        return new Decisions(new Specs(Runs::model, TOY), GROUP_SIZE);
    }

    private static BaseModel model(String name) {
        if (!name.equals(TOY)) {
            throw new IllegalArgumentException("Cannot use base model " + name + ", expected one of toy");
        }
        return new BaseModel(TOY, Path.of("toy"), "d1", 64);
    }

    /** The least that a run must say. */
    static RunSpec spec() {
        return RunSpec.newBuilder()
                .setInstancePrompt("a photo of a zwx dog")
                .setTraining(Training.newBuilder().setMaxSteps(10))
                .build();
    }

    static RunSpec withPrior(int classImages) {
        return spec().toBuilder()
                .setClassPrompt("a photo of a dog")
                .setPrior(PriorPreservation.newBuilder().setNumClassImages(classImages))
                .build();
    }

    static SubjectUpload upload(String runId, RunSpec spec, int photos) {
        return SubjectUpload.newBuilder()
                .setRunId(runId)
                .setTenant("ann")
                .setSpec(spec)
                .addAllPhotos(IntStream.range(0, photos)
                        .mapToObj(i -> UploadedPhoto.newBuilder()
                                .setName(i + ".jpg")
                                .setObject(object("photo" + i))
                                .build())
                        .toList())
                .build();
    }

    static StoredObject object(String name) {
        return StoredObject.newBuilder()
                .setKey(name)
                .setSizeBytes(1)
                .setSha256("sha-" + name)
                .build();
    }

    /** A file of latents as a client of {@link #upload} has it in the store. */
    static StoredObject latents(String name) {
        return object("uploads/ann/" + name).toBuilder()
                .setSha256(HexFormat.of().formatHex(name.getBytes(UTF_8)) + "0".repeat(64 - 2 * name.length()))
                .build();
    }

    static RunEvent requested(SubjectUpload upload) {
        return Events.event(upload.getRunId(), "requested")
                .setRequested(RunRequested.newBuilder().setUpload(upload))
                .build();
    }

    static PhotoJudged verdict(int photo, PhotoVerdict verdict) {
        PhotoJudged.Builder judged =
                PhotoJudged.newBuilder().setIndex(photo).setName(photo + ".jpg").setVerdict(verdict);
        return verdict == PhotoVerdict.ACCEPTED
                ? judged.setImage(object("clean" + photo)).build()
                : judged.setReason("not good").build();
    }

    static RunEvent cancelled(String runId) {
        return Events.event(runId, "cancelled")
                .setCancelled(RunCancelled.newBuilder().setReason("enough"))
                .build();
    }

    static RunEvent cached(LatentRequest request) {
        return Events.event(request.getRunId(), "latents-cached-" + request.getRequestId())
                .setLatentsCached(LatentsCached.newBuilder()
                        .setRequestId(request.getRequestId())
                        .addAllLatents(Stream.concat(request.getImagesList().stream(), request.getGivenList().stream())
                                .map(image -> CachedLatent.newBuilder()
                                        .setImageSha256(image.getSha256())
                                        .build())
                                .toList()))
                .build();
    }

    static RunEvent drawn(GenerationRequest request) {
        int group = request.getClassImages().getGroupIndex();
        return Events.event(request.getRunId(), "class-images-" + request.getRequestId())
                .setClassImagesReady(ClassImagesReady.newBuilder()
                        .setRequestId(request.getRequestId())
                        .setGroupIndex(group)
                        .addAllImages(IntStream.range(0, GROUP_SIZE)
                                .mapToObj(i -> object("class" + (group * GROUP_SIZE + i)))
                                .toList()))
                .build();
    }

    static RunEvent yielded(String runId, int attempt, long step) {
        return Events.event(runId, "yielded-" + attempt)
                .setTrainingYielded(
                        TrainingYielded.newBuilder().setAttempt(attempt).setStep(step))
                .build();
    }

    static RunEvent verified(String runId, int attempt, long step, long maxSteps) {
        return Events.event(runId, "checkpoint-verified-" + step)
                .setCheckpointVerified(CheckpointVerified.newBuilder()
                        .setAttempt(attempt)
                        .setStep(step)
                        .setPrefix("checkpoints/ann/" + runId + "/step-" + step + "/")
                        .addAllFiles(List.of(object("unet" + step)))
                        .setWeightsSha256("w" + step)
                        .setLast(step == maxSteps))
                .build();
    }

    static RunEvent workFailed(String runId, String topic, String requestId) {
        return Events.event(runId, "work-failed-" + topic + "-" + requestId)
                .setWorkFailed(WorkFailed.newBuilder()
                        .setTopic(topic)
                        .setRequestId(requestId)
                        .setReason("loss is NaN"))
                .build();
    }

    static SampleRequest samples(long step) {
        return SampleRequest.newBuilder()
                .setCheckpointStep(step)
                .addPrompts("a zwx dog in the snow")
                .setSeed(7)
                .build();
    }

    static RunEvent drawRequested(String runId, String controlId, long step) {
        return Events.event(runId, "draw-requested-" + controlId)
                .setDrawRequested(
                        DrawRequested.newBuilder().setControlId(controlId).setSamples(samples(step)))
                .build();
    }
}
