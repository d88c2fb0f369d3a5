package org.dreamboothactors.actors.board.runs;

import java.util.Locale;
import java.util.Optional;
import org.dreamboothactors.protocol.PhotoText;
import org.dreamboothactors.protocol.StartText;
import org.dreamboothactors.protocol.VerdictText;
import org.dreamboothactors.protocol.YieldText;
import org.dreamboothactors.protocol.v1.ClassImagesReady;
import org.dreamboothactors.protocol.v1.LatentsCached;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.protocol.v1.SamplesReady;

/**
 * A fact in one line.
 *
 * @param kind as in {@link RunDetail.LogLine}
 */
record EventText(String kind, String text) {
    private static final int DIGEST_HEAD = 12;

    /** Empty for progress, which the curve shows, and for facts this version does not know. */
    static Optional<EventText> of(RunEvent event) {
        return switch (event.getFactCase()) {
            case REQUESTED ->
                line("run", "requested with " + event.getRequested().getUpload().getPhotosCount() + " photos");
            case PHOTO_JUDGED -> PhotoText.of(event.getPhotoJudged()).flatMap(text -> line("photo", text));
            case ACCEPTED -> line("run", "accepted with " + event.getAccepted().getImagesCount() + " photos");
            case REJECTED -> line("end", "rejected: " + event.getRejected().getReason());
            case WORK_REQUESTED ->
                line(
                        "work",
                        event.getWorkRequested().getRequestIdsCount() + " records put on "
                                + event.getWorkRequested().getTopic());
            case LATENTS_CACHED -> latents(event.getLatentsCached());
            case CLASS_IMAGES_READY -> classImages(event.getClassImagesReady());
            case TRAINING_QUEUED -> line("training", "waits for its turn to train");
            case TRAINING_TAKEN ->
                line("training", "taken by " + event.getTrainingTaken().getDevice());
            case TRAINING_STARTED -> line("training", StartText.of(event.getTrainingStarted()));
            case DRAW_REQUESTED ->
                line(
                        "work",
                        event.getDrawRequested().getSamples().getPromptsCount() + " pictures asked for, step "
                                + event.getDrawRequested().getSamples().getCheckpointStep());
            case STEP_PROGRESS, FACT_NOT_SET -> Optional.empty();
            case STEPS_COMMITTED ->
                line(
                        "commit",
                        String.format(
                                Locale.ROOT,
                                "state of step %d committed in %.1f s",
                                event.getStepsCommitted().getStep(),
                                event.getStepsCommitted().getCommitSeconds()));
            case SAMPLES_READY -> samples(event.getSamplesReady());
            case JUDGED -> line("samples", VerdictText.of(event.getJudged()));
            case CHECKPOINT_VERIFIED ->
                line(
                        "checkpoint",
                        "checkpoint of step " + event.getCheckpointVerified().getStep()
                                + " read back and loaded, weights "
                                + head(event.getCheckpointVerified().getWeightsSha256()));
            case CHECKPOINT_PUBLISHED ->
                line(
                        "checkpoint",
                        "checkpoint-ready published for step "
                                + event.getCheckpointPublished().getStep());
            case TRAINING_YIELDED -> line("training", YieldText.of(event.getTrainingYielded()));
            case WORK_FAILED ->
                line(
                        "failure",
                        "work on " + event.getWorkFailed().getTopic() + " failed: "
                                + event.getWorkFailed().getReason());
            case READY -> line("end", VerdictText.of(event.getReady()));
            case FAILED -> line("failure", "failed: " + event.getFailed().getReason());
            case CANCELLED -> line("end", "cancelled: " + event.getCancelled().getReason());
            case ERASE_REQUESTED ->
                line("end", "to be erased: " + event.getEraseRequested().getReason());
            case ERASED -> line("end", "erased: " + event.getErased().getObjects() + " objects are gone");
        };
    }

    private static Optional<EventText> latents(LatentsCached latents) {
        return line("work", "latents: " + latents.getEncoded() + " encoded, " + latents.getReused() + " reused");
    }

    private static Optional<EventText> classImages(ClassImagesReady group) {
        return line(
                "work",
                "class images, group " + (group.getGroupIndex() + 1) + ": " + group.getMade() + " made, "
                        + group.getReused() + " reused");
    }

    private static Optional<EventText> samples(SamplesReady samples) {
        return line(
                "samples",
                samples.getSamplesCount() + " pictures drawn "
                        + (samples.getStep() == 0 ? "by the base model" : "at step " + samples.getStep()));
    }

    private static String head(String digest) {
        return digest.substring(0, Math.min(DIGEST_HEAD, digest.length()));
    }

    private static Optional<EventText> line(String kind, String text) {
        return Optional.of(new EventText(kind, Limits.text(text)));
    }
}
