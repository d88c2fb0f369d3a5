package org.dreamboothactors.actors.board.runs;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.dreamboothactors.actors.board.runs.RunDetail.Attempt;
import org.dreamboothactors.actors.board.runs.RunDetail.Checkpoint;
import org.dreamboothactors.actors.board.runs.RunDetail.Gallery;
import org.dreamboothactors.actors.board.runs.RunDetail.Judged;
import org.dreamboothactors.actors.board.runs.RunDetail.Scores;
import org.dreamboothactors.actors.board.runs.RunDetail.StoredFile;
import org.dreamboothactors.actors.board.runs.RunSummary.Count;
import org.dreamboothactors.actors.board.runs.RunSummary.Rank;
import org.dreamboothactors.protocol.RequestIds;
import org.dreamboothactors.protocol.v1.CheckpointVerified;
import org.dreamboothactors.protocol.v1.ModelJudged;
import org.dreamboothactors.protocol.v1.PictureScores;
import org.dreamboothactors.protocol.v1.RankProgress;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.protocol.v1.RunSpec;
import org.dreamboothactors.protocol.v1.SubjectUpload;
import org.dreamboothactors.protocol.v1.TrainingStarted;
import org.dreamboothactors.protocol.v1.Verdict;
import org.dreamboothactors.protocol.v1.WorkFailed;
import org.dreamboothactors.storage.Stored;

/** One run, folded fact by fact. Not thread-safe. */
final class RunView {
    private final String id;
    private final RunLog log = new RunLog();
    private RunPictures pictures = new RunPictures();
    private final LossSeries losses = new LossSeries();
    private final Map<Long, Checkpoint> checkpoints = new HashMap<>();
    private final Map<Long, Judged> verdicts = new TreeMap<>();
    private long recommended;
    private final List<Attempt> attempts = new ArrayList<>();
    private final List<Long> commits = new ArrayList<>();
    private RunState state = RunState.REQUESTED;
    private SubjectUpload upload = SubjectUpload.getDefaultInstance();
    private RunSpec spec = RunSpec.getDefaultInstance();
    private List<Rank> ranks = List.of();
    private String reason = "";
    private long latents;
    private long acceptedImages;
    private long ownClassImages;
    private long updatedAtMs;
    private Optional<Long> endedAtMs = Optional.empty();
    private long seq;
    private long gallerySeq;

    RunView(String id) {
        this.id = id;
    }

    /** Whether the fact says anything new. */
    boolean hear(RunEvent event) {
        if (!log.isNew(event)) {
            return false;
        }
        seq++;
        updatedAtMs = Math.max(updatedAtMs, event.getAtMs());
        log.add(seq, event);
        if (!event.hasStepProgress()) {
            gallerySeq = seq;
        }
        fold(event);
        return true;
    }

    boolean over() {
        return state.over();
    }

    long updatedAtMs() {
        return updatedAtMs;
    }

    Optional<Stored> picture(String key) {
        return pictures.named(key);
    }

    RunSummary summary() {
        return new RunSummary(
                id,
                Limits.name(upload.getTenant()),
                state,
                state.over(),
                Limits.text(reason),
                Limits.text(spec.getInstancePrompt()),
                upload.getRequestedAtMs(),
                updatedAtMs,
                endedAtMs,
                spec.getTraining().getMaxSteps(),
                attempts.isEmpty() ? 0 : attempts.getLast().attempt(),
                attempts.isEmpty() ? "" : attempts.getLast().device(),
                losses.latest(),
                ranks,
                new Count(pictures.accepted(), upload.getPhotosCount()),
                new Count(latents, latentsWanted()),
                new Count(
                        classImages(), Math.max(ownClassImages, spec.getPrior().getNumClassImages())),
                pictures.thumbnail(),
                seq);
    }

    /** Everything, or what is new since {@code after} when the reader's points still belong to the series. */
    RunDetail detail(long after, long generation) {
        boolean whole = after <= 0 || after > seq || generation != losses.generation();
        long since = whole ? 0 : after;
        return new RunDetail(
                summary(),
                whole,
                losses.generation(),
                losses.after(since),
                log.after(since),
                log.forgotten(),
                gallerySeq > since ? Optional.of(gallery()) : Optional.empty());
    }

    private void fold(RunEvent event) {
        switch (event.getFactCase()) {
            case REQUESTED -> {
                upload = event.getRequested().getUpload();
                spec = upload.getSpec();
            }
            case PHOTO_JUDGED -> pictures.judged(event.getPhotoJudged());
            case ACCEPTED -> {
                spec = event.getAccepted().getSpec();
                acceptedImages = event.getAccepted().getImagesCount();
                ownClassImages = event.getAccepted().getClassImagesCount();
                enter(RunState.PREPARING);
            }
            case LATENTS_CACHED -> latents += event.getLatentsCached().getLatentsCount();
            case CLASS_IMAGES_READY -> pictures.classImages(event.getClassImagesReady());
            case TRAINING_STARTED -> onTrainingStarted(event);
            case STEP_PROGRESS -> {
                losses.add(seq, event.getStepProgress());
                ranks = event.getStepProgress().getRanksList().stream()
                        .limit(Limits.RANKS)
                        .map(RunView::rank)
                        .toList();
            }
            case STEPS_COMMITTED -> add(commits, event.getStepsCommitted().getStep(), Limits.COMMIT_MARKS);
            case SAMPLES_READY -> pictures.drawn(event.getAtMs(), event.getSamplesReady());
            case JUDGED -> onJudged(event.getJudged());
            case CHECKPOINT_VERIFIED -> onVerified(event);
            case CHECKPOINT_PUBLISHED ->
                checkpoints.computeIfPresent(
                        event.getCheckpointPublished().getStep(), (_, checkpoint) -> checkpoint.announced());
            case DRAW_REQUESTED -> {
                // the log says it; the pictures come with SamplesReady
            }
            case TRAINING_YIELDED -> enter(RunState.WAITING);
            case WORK_FAILED -> onFailed(event.getWorkFailed());
            case READY -> {
                recommended = event.getReady().getRecommendedStep();
                end(event, RunState.READY, "");
            }
            case REJECTED -> end(event, RunState.REJECTED, event.getRejected().getReason());
            case FAILED -> end(event, RunState.FAILED, event.getFailed().getReason());
            case CANCELLED ->
                end(event, RunState.CANCELLED, event.getCancelled().getReason());
            case ERASED -> onErased();
            case TRAINING_QUEUED -> enter(RunState.WAITING);
            case TRAINING_TAKEN -> enter(RunState.TRAINING); // it gathers model, latents and devices
            case WORK_REQUESTED, ERASE_REQUESTED, FACT_NOT_SET -> {}
        }
    }

    /** The log says what it was; nothing is left to be shown or downloaded. */
    private void onErased() {
        state = RunState.ERASED;
        reason = "";
        pictures = new RunPictures();
        checkpoints.clear();
    }

    /** Of pictures that a client asked for the log says it; the run goes on without them. */
    private void onFailed(WorkFailed failed) {
        if (!state.over() && !RequestIds.isDraw(failed.getTopic(), failed.getRequestId())) {
            reason = failed.getReason();
        }
    }

    private static Rank rank(RankProgress rank) {
        return new Rank(
                Limits.name(rank.getDevice()),
                rank.getStepSeconds(),
                rank.getAllReduceWaitSeconds(),
                rank.getSummedBytes(),
                rank.getPeakMemoryBytes());
    }

    private void onTrainingStarted(RunEvent event) {
        TrainingStarted started = event.getTrainingStarted();
        enter(RunState.TRAINING);
        losses.goBack(started.getAttempt(), started.getFromStep());
        add(
                attempts,
                new Attempt(
                        started.getAttempt(),
                        started.getFromStep(),
                        event.getAtMs(),
                        Limits.name(started.getDevice()),
                        Limits.name(started.getEnvironment()),
                        started.getEnvironmentChanged()),
                Limits.ATTEMPTS);
    }

    /** The newest stay, and that of the base model. */
    private void onJudged(ModelJudged judged) {
        Verdict verdict = judged.getVerdict();
        verdicts.putIfAbsent(
                judged.getStep(),
                new Judged(
                        judged.getStep(),
                        verdict.hasScores() ? Optional.of(scores(verdict.getScores())) : Optional.empty(),
                        verdict.getGain(),
                        Limits.text(verdict.getNotJudged())));
        if (verdicts.size() > Limits.VERDICTS) {
            verdicts.keySet().stream()
                    .filter(step -> step > 0)
                    .min(Long::compare)
                    .ifPresent(verdicts::remove);
        }
    }

    private static Scores scores(PictureScores scores) {
        return new Scores(
                scores.getSubjectFidelity(),
                scores.getPromptFidelity(),
                scores.hasClassLikeness() ? Optional.of(scores.getClassLikeness()) : Optional.empty(),
                scores.hasDiversity() ? Optional.of(scores.getDiversity()) : Optional.empty());
    }

    private void onVerified(RunEvent event) {
        CheckpointVerified verified = event.getCheckpointVerified();
        if (checkpoints.size() >= Limits.CHECKPOINTS && !checkpoints.containsKey(verified.getStep())) {
            checkpoints.keySet().stream().min(Long::compare).ifPresent(checkpoints::remove);
        }
        List<StoredFile> files = verified.getFilesList().stream()
                .limit(Limits.FILES_PER_CHECKPOINT)
                .map(file -> new StoredFile(file.getKey(), file.getSizeBytes(), file.getSha256()))
                .toList();
        checkpoints.put(
                verified.getStep(),
                new Checkpoint(
                        verified.getStep(),
                        verified.getLast(),
                        wasPublished(verified.getStep()),
                        event.getAtMs(),
                        verified.getPrefix(),
                        verified.getWeightsSha256(),
                        files,
                        verified.getFilesCount() - files.size()));
    }

    private boolean wasPublished(long step) {
        return Optional.ofNullable(checkpoints.get(step))
                .filter(Checkpoint::published)
                .isPresent();
    }

    private void enter(RunState next) {
        if (!state.over()) {
            state = next;
        }
    }

    /** The first end stands. */
    private void end(RunEvent event, RunState last, String why) {
        if (!state.over()) {
            state = last;
            reason = why;
            endedAtMs = Optional.of(event.getAtMs());
        }
    }

    private long latentsWanted() {
        if (acceptedImages == 0) {
            return 0;
        }
        long ofClass = Math.max(ownClassImages, spec.getPrior().getNumClassImages());
        return spec.getEncodeOnline() ? ofClass - ownClassImages : acceptedImages + ofClass;
    }

    /** The last group may have more than are wanted. */
    private long classImages() {
        long missing = Math.max(0, spec.getPrior().getNumClassImages() - ownClassImages);
        return ownClassImages + Math.min(pictures.classImageCount(), missing);
    }

    private Gallery gallery() {
        return new Gallery(
                RunSettings.of(spec),
                pictures.photos(),
                pictures.classImages(),
                pictures.classImagesLeftOut(),
                pictures.rounds(),
                pictures.samplesLeftOut(),
                checkpoints.values().stream()
                        .sorted((a, b) -> Long.compare(b.step(), a.step()))
                        .toList(),
                List.copyOf(attempts),
                List.copyOf(commits),
                List.copyOf(verdicts.values()),
                recommended);
    }

    /** The newest stay. */
    private static <T> void add(List<T> list, T element, int most) {
        list.add(element);
        if (list.size() > most) {
            list.removeFirst();
        }
    }
}
