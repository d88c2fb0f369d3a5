package org.dreamboothactors.actors.board.runs;

import java.util.List;
import java.util.Optional;
import org.dreamboothactors.actors.board.runs.RunSummary.Picture;

/**
 * The page of a run, or what is new on it.
 *
 * @param whole everything is here; what an earlier answer brought is to be dropped
 * @param generation of the points, to be named in the next question
 * @param olderLines of the log that were forgotten
 * @param gallery absent when nothing of it changed
 */
public record RunDetail(
        RunSummary run,
        boolean whole,
        long generation,
        List<Point> points,
        List<LogLine> log,
        long olderLines,
        Optional<Gallery> gallery) {

    /**
     * One fact for people.
     *
     * @param kind photo, run, work, training, commit, samples, checkpoint, failure or end
     */
    public record LogLine(long seq, long atMs, String kind, String text) {}

    /**
     * What a run was given and what it made.
     *
     * @param settings in the order in which they are shown
     * @param classImagesLeftOut exist but are not listed
     * @param samplesLeftOut were drawn but are forgotten here
     * @param verdicts of the judge, by step
     * @param recommended step of the checkpoint that the judge thinks best; 0 while there is none
     * @param commits steps at which training can go on after a crash
     */
    public record Gallery(
            List<Setting> settings,
            List<Photo> photos,
            List<Picture> classImages,
            int classImagesLeftOut,
            List<Round> rounds,
            int samplesLeftOut,
            List<Checkpoint> checkpoints,
            List<Attempt> attempts,
            List<Long> commits,
            List<Judged> verdicts,
            long recommended) {}

    /**
     * What the judge says of a step.
     *
     * @param step 0 for the base model
     * @param notJudged why there are no scores
     */
    public record Judged(long step, Optional<Scores> scores, double gain, String notJudged) {}

    /** As in {@code PictureScores} of the protocol. */
    public record Scores(
            double subjectFidelity,
            double promptFidelity,
            Optional<Double> classLikeness,
            Optional<Double> diversity) {}

    public record Setting(String name, String value) {}

    /**
     * What became of an uploaded photo.
     *
     * @param verdict in lower case, e.g. {@code too_large}
     * @param image present when it was accepted
     */
    public record Photo(
            int index, String name, String verdict, String reason, int width, int height, Optional<Picture> image) {}

    /**
     * Pictures drawn together.
     *
     * @param requestId empty when the trainer drew them
     * @param step 0 for the base model
     */
    public record Round(String requestId, long step, long atMs, List<Drawn> pictures) {}

    /**
     * One sample picture.
     *
     * @param seed unsigned; text, as it exceeds what JavaScript counts exactly
     */
    public record Drawn(String prompt, String seed, Picture image) {}

    /**
     * A checkpoint that was read back and loaded.
     *
     * @param published whether checkpoint-ready announced it
     */
    public record Checkpoint(
            long step,
            boolean last,
            boolean published,
            long atMs,
            String prefix,
            String weightsSha256,
            List<StoredFile> files,
            int filesLeftOut) {
        Checkpoint announced() {
            return new Checkpoint(step, last, true, atMs, prefix, weightsSha256, files, filesLeftOut);
        }
    }

    public record StoredFile(String key, long sizeBytes, String sha256) {}

    public record Attempt(
            int attempt, long fromStep, long atMs, String device, String environment, boolean environmentChanged) {}
}
