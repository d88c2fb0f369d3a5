package org.dreamboothactors.deploy.progress;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.dreamboothactors.protocol.v1.PhotoVerdict;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.protocol.v1.StepProgress;

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
    private final Map<String, Integer> wanted = new HashMap<>();
    private final Map<String, Integer> done = new HashMap<>();
    private long maxSteps;
    private int accepted;

    /** The line an event is worth; empty for repeated events and for facts of no interest to people. */
    public Optional<Line> hear(RunEvent event) {
        if (!event.getEventId().isEmpty() && !told.add(event.getEventId())) {
            return Optional.empty();
        }
        return switch (event.getFactCase()) {
            case REQUESTED ->
                fact("requested with " + event.getRequested().getUpload().getPhotosCount() + " photos");
            case PHOTO_JUDGED -> photo(event);
            case ACCEPTED -> {
                maxSteps = event.getAccepted().getSpec().getTraining().getMaxSteps();
                yield fact("accepted: " + event.getAccepted().getImagesCount() + " photos, " + maxSteps + " steps");
            }
            case REJECTED -> over("rejected: " + event.getRejected().getReason(), Ending.REJECTED);
            case WORK_REQUESTED -> {
                var work = event.getWorkRequested();
                wanted.merge(work.getTopic(), work.getRequestIdsCount(), Integer::sum);
                yield Optional.empty();
            }
            case LATENTS_CACHED -> {
                var latents = event.getLatentsCached();
                yield fact("latents: " + latents.getEncoded() + " encoded, " + latents.getReused() + " reused");
            }
            case CLASS_IMAGES_READY -> {
                var images = event.getClassImagesReady();
                int groups = done.merge("reg-generation", 1, Integer::sum);
                int all = Math.max(groups, wanted.getOrDefault("reg-generation", 0));
                yield fact("class images: group " + groups + " of " + all + ", " + images.getMade() + " made, "
                        + images.getReused() + " reused");
            }
            case TRAINING_STARTED -> {
                var started = event.getTrainingStarted();
                yield fact("training on " + started.getDevice() + " from step " + started.getFromStep() + ", attempt "
                        + started.getAttempt()
                        + (started.getEnvironmentChanged() ? ", in another environment than before" : ""));
            }
            case STEP_PROGRESS -> Optional.of(new Going(step(event.getStepProgress())));
            case STEPS_COMMITTED ->
                fact("state of step " + event.getStepsCommitted().getStep() + " committed");
            case SAMPLES_READY -> {
                var samples = event.getSamplesReady();
                yield fact(samples.getSamplesCount() + " pictures drawn"
                        + (samples.getStep() == 0 ? " by the base model" : " at step " + samples.getStep()));
            }
            case CHECKPOINT_VERIFIED ->
                fact("checkpoint of step "
                        + event.getCheckpointVerified().getStep() + " read back and loaded, weights "
                        + head(event.getCheckpointVerified().getWeightsSha256()));
            case CHECKPOINT_PUBLISHED ->
                fact("checkpoint-ready published for step "
                        + event.getCheckpointPublished().getStep());
            case TRAINING_YIELDED ->
                fact("training yields at step " + event.getTrainingYielded().getStep());
            case WORK_FAILED ->
                fact("work on " + event.getWorkFailed().getTopic() + " failed: "
                        + event.getWorkFailed().getReason());
            case READY -> over("ready at step " + event.getReady().getStep(), Ending.READY);
            case FAILED -> over("failed: " + event.getFailed().getReason(), Ending.FAILED);
            case CANCELLED -> over("cancelled: " + event.getCancelled().getReason(), Ending.CANCELLED);
            case FACT_NOT_SET -> Optional.empty();
        };
    }

    private Optional<Line> photo(RunEvent event) {
        var photo = event.getPhotoJudged();
        if (photo.getVerdict() == PhotoVerdict.ACCEPTED) {
            accepted++;
            return fact("photo " + (photo.getIndex() + 1) + " accepted, " + photo.getWidth() + "x" + photo.getHeight()
                    + " (" + accepted + " so far)");
        }
        return fact("photo " + (photo.getIndex() + 1) + " " + photo.getName() + " "
                + photo.getVerdict().name().toLowerCase(Locale.ROOT) + ": " + photo.getReason());
    }

    private String step(StepProgress progress) {
        long left = Math.max(0, maxSteps - progress.getStep());
        String time = duration(Duration.ofMillis(Math.round(1000 * left * progress.getSecondsPerStep())));
        return String.format(
                Locale.ROOT,
                "step %d/%d  loss %.4f  %.2f s/step  %s left",
                progress.getStep(),
                maxSteps,
                progress.getLoss(),
                progress.getSecondsPerStep(),
                time);
    }

    static String duration(Duration time) {
        long seconds = time.toSeconds();
        return seconds < 60
                ? seconds + " s"
                : seconds < 3600
                        ? seconds / 60 + " min " + seconds % 60 + " s"
                        : seconds / 3600 + " h " + seconds / 60 % 60 + " min";
    }

    private static String head(String digest) {
        return digest.substring(0, Math.min(12, digest.length()));
    }

    private static Optional<Line> fact(String text) {
        return Optional.of(new Fact(text));
    }

    private static Optional<Line> over(String text, Ending ending) {
        return Optional.of(new Over(text, ending));
    }
}
