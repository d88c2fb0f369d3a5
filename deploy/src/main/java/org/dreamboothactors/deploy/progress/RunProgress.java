package org.dreamboothactors.deploy.progress;

import java.time.Duration;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.dreamboothactors.protocol.PhotoText;
import org.dreamboothactors.protocol.StartText;
import org.dreamboothactors.protocol.Topics;
import org.dreamboothactors.protocol.VerdictText;
import org.dreamboothactors.protocol.YieldText;
import org.dreamboothactors.protocol.v1.CheckpointVerified;
import org.dreamboothactors.protocol.v1.ClassImagesReady;
import org.dreamboothactors.protocol.v1.LatentsCached;
import org.dreamboothactors.protocol.v1.RunAccepted;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.protocol.v1.SamplesReady;
import org.dreamboothactors.protocol.v1.StepProgress;
import org.dreamboothactors.protocol.v1.WorkRequested;

/** Folds a run's events into lines for people. Not thread-safe. */
public final class RunProgress {
    /** What to show: a line that stays, or the present state of something that goes on. */
    public sealed interface Line {
        String text();
    }

    public record Fact(String text) implements Line {}

    public record Going(String text) implements Line {}

    /** The run is over. */
    public record Over(String text, Ending ending) implements Line {}

    public enum Ending {
        READY,
        REJECTED,
        FAILED,
        CANCELLED
    }

    private final Set<String> told = new HashSet<>();
    private final Set<String> latentsWanted = new HashSet<>();
    private long maxSteps;
    private int classImagesWanted;
    private int encoded;
    private int latentsReused;
    private int made;
    private int imagesReused;
    private String doing = "waiting for the service";

    /** The line an event is worth; empty for repeated events and for facts of no interest to people. */
    public Optional<Line> hear(RunEvent event) {
        if (!event.getEventId().isEmpty() && !told.add(event.getEventId())) {
            return Optional.empty();
        }
        return switch (event.getFactCase()) {
            case REQUESTED ->
                then(
                        "judging photos",
                        "requested with " + event.getRequested().getUpload().getPhotosCount() + " photos");
            case PHOTO_JUDGED -> PhotoText.of(event.getPhotoJudged()).map(Fact::new);
            case ACCEPTED -> accepted(event.getAccepted());
            case REJECTED -> over("rejected: " + event.getRejected().getReason(), Ending.REJECTED);
            case WORK_REQUESTED -> wanted(event.getWorkRequested());
            case LATENTS_CACHED -> Optional.of(latents(event.getLatentsCached()));
            case CLASS_IMAGES_READY -> Optional.of(classImages(event.getClassImagesReady()));
            case TRAINING_STARTED -> then("loading the model", StartText.of(event.getTrainingStarted()));
            case STEP_PROGRESS -> Optional.of(step(event.getStepProgress()));
            case STEPS_COMMITTED ->
                fact("state of step " + event.getStepsCommitted().getStep() + " committed");
            case SAMPLES_READY -> fact(samples(event.getSamplesReady()));
            case JUDGED -> fact("judge, " + VerdictText.of(event.getJudged()));
            case CHECKPOINT_VERIFIED -> then("publishing", verified(event.getCheckpointVerified()));
            case CHECKPOINT_PUBLISHED ->
                fact("checkpoint-ready published for step "
                        + event.getCheckpointPublished().getStep());
            case TRAINING_YIELDED ->
                then("waiting for the next turn of training", YieldText.of(event.getTrainingYielded()));
            case WORK_FAILED ->
                fact("work on " + event.getWorkFailed().getTopic() + " failed: "
                        + event.getWorkFailed().getReason());
            case READY -> over(VerdictText.of(event.getReady()), Ending.READY);
            case FAILED -> over("failed: " + event.getFailed().getReason(), Ending.FAILED);
            case CANCELLED -> over("cancelled: " + event.getCancelled().getReason(), Ending.CANCELLED);
            case ERASE_REQUESTED ->
                fact("to be erased: " + event.getEraseRequested().getReason());
            case ERASED -> fact("erased: " + event.getErased().getObjects() + " objects are gone");
            case TRAINING_QUEUED -> doing("waiting for a trainer");
            case TRAINING_TAKEN -> doing("fetching pictures and state");
            case DRAW_REQUESTED, FACT_NOT_SET -> Optional.empty();
        };
    }

    /** What goes on while no event comes. */
    public String doing() {
        return doing;
    }

    private Optional<Line> doing(String what) {
        doing = what;
        return Optional.empty();
    }

    private Optional<Line> accepted(RunAccepted accepted) {
        maxSteps = accepted.getSpec().getTraining().getMaxSteps();
        int own = accepted.getClassImagesCount();
        classImagesWanted = Math.max(0, accepted.getSpec().getPrior().getNumClassImages() - own);
        return then(
                "caching latents",
                "accepted: " + accepted.getImagesCount() + " photos, "
                        + (own > 0 ? own + " class images of your own, " : "")
                        + (classImagesWanted > 0 ? classImagesWanted + " class images, " : "") + maxSteps + " steps");
    }

    private Optional<Line> wanted(WorkRequested work) {
        switch (work.getTopic()) {
            case Topics.LATENT_CACHE -> latentsWanted.addAll(work.getRequestIdsList());
            default -> {} // pictures: the class images are counted, not their groups
        }
        return Optional.empty();
    }

    private Line latents(LatentsCached latents) {
        encoded += latents.getEncoded();
        latentsReused += latents.getReused();
        latentsWanted.remove(latents.getRequestId());
        String text = "latents: " + encoded + " encoded, " + latentsReused + " reused";
        return latentsWanted.isEmpty() ? new Fact(text) : new Going(text);
    }

    private Line classImages(ClassImagesReady images) {
        made += images.getMade();
        imagesReused += images.getReused();
        int there = Math.min(made + imagesReused, classImagesWanted);
        String counts = made + " made, " + imagesReused + " reused";
        if (made + imagesReused >= classImagesWanted) {
            doing = "caching latents";
            return new Fact("class images: " + counts);
        }
        doing = "drawing class images";
        return new Going("class images " + there + "/" + classImagesWanted + " " + bar(there, classImagesWanted) + "  "
                + counts);
    }

    private Line step(StepProgress progress) {
        long left = Math.max(0, maxSteps - progress.getStep());
        String text = String.format(
                Locale.ROOT,
                "step %d/%d %s  loss %.4f  %.2f s/step  %s left",
                progress.getStep(),
                maxSteps,
                bar(progress.getStep(), maxSteps),
                progress.getLoss(),
                progress.getSecondsPerStep(),
                Spans.text(Duration.ofMillis(Math.round(1000 * left * progress.getSecondsPerStep()))));
        doing = left == 0 ? "storing and checking the checkpoint" : text;
        return left == 0 ? new Fact(text) : new Going(text);
    }

    private static String bar(long done, long all) {
        int cells = 12;
        int full = all == 0 ? cells : Math.clamp(done * cells / all, 0, cells);
        return "[" + "#".repeat(full) + "-".repeat(cells - full) + "]";
    }

    private static String samples(SamplesReady samples) {
        int count = samples.getSamplesCount();
        return count
                + (count == 1 ? " picture drawn" : " pictures drawn")
                + (samples.getStep() == 0 ? " by the base model" : " at step " + samples.getStep());
    }

    private static String verified(CheckpointVerified verified) {
        String digest = verified.getWeightsSha256();
        return "checkpoint of step " + verified.getStep() + " read back and loaded, weights "
                + digest.substring(0, Math.min(12, digest.length()));
    }

    private Optional<Line> then(String next, String text) {
        doing = next;
        return fact(text);
    }

    private static Optional<Line> fact(String text) {
        return Optional.of(new Fact(text));
    }

    private static Optional<Line> over(String text, Ending ending) {
        return Optional.of(new Over(text, ending));
    }
}
