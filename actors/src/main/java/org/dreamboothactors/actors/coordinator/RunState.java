package org.dreamboothactors.actors.coordinator;

import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.dreamboothactors.actors.turns.Erasure;
import org.dreamboothactors.protocol.Topics;
import org.dreamboothactors.protocol.v1.CheckpointVerified;
import org.dreamboothactors.protocol.v1.ClassImagesReady;
import org.dreamboothactors.protocol.v1.LatentsCached;
import org.dreamboothactors.protocol.v1.PhotoJudged;
import org.dreamboothactors.protocol.v1.RunAccepted;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.protocol.v1.SampleRequest;
import org.dreamboothactors.protocol.v1.SubjectUpload;
import org.dreamboothactors.protocol.v1.TrainingYielded;
import org.dreamboothactors.protocol.v1.Verdict;

/**
 * What a run's facts add up to, and all that its coordinator knows of it.
 *
 * <p>Every fact has a place of its own and the first one there stays, so a fact that is told twice changes nothing. Once
 * the run has ended, only pictures that clients ask for and its erasure are still heard of; the rest is forgotten.
 *
 * @param photos verdicts by position in the upload
 * @param requested what was asked of workers, and pictures that were refused
 * @param latents by request id
 * @param classImages by group
 * @param queued number of the newest attempt that took its place in the line; 0: none
 * @param yielded by the newest attempt that did
 * @param verified checkpoints by step
 * @param published steps of checkpoints that were announced
 * @param verdicts of the judge, by step
 * @param draws pictures that clients asked for, by control id
 * @param failure of work that the run cannot do without
 * @param erasure of what the run has in the store
 */
record RunState(
        String runId,
        Optional<SubjectUpload> upload,
        SortedMap<Integer, PhotoJudged> photos,
        Optional<RunAccepted> accepted,
        Set<WorkId> requested,
        SortedMap<String, LatentsCached> latents,
        SortedMap<Integer, ClassImagesReady> classImages,
        int queued,
        Optional<TrainingYielded> yielded,
        SortedMap<Long, CheckpointVerified> verified,
        SortedSet<Long> published,
        SortedMap<Long, Verdict> verdicts,
        SortedMap<String, SampleRequest> draws,
        Optional<String> failure,
        Optional<End> end,
        Erasure erasure) {

    RunState {
        photos = Collections.unmodifiableSortedMap(photos);
        requested = Collections.unmodifiableSet(requested);
        latents = Collections.unmodifiableSortedMap(latents);
        classImages = Collections.unmodifiableSortedMap(classImages);
        verified = Collections.unmodifiableSortedMap(verified);
        published = Collections.unmodifiableSortedSet(published);
        verdicts = Collections.unmodifiableSortedMap(verdicts);
        draws = Collections.unmodifiableSortedMap(draws);
    }

    /** A run of which nothing is known. */
    static RunState unknown(String runId) {
        return new RunState(
                runId,
                Optional.empty(),
                new TreeMap<>(),
                Optional.empty(),
                Set.of(),
                new TreeMap<>(),
                new TreeMap<>(),
                0,
                Optional.empty(),
                new TreeMap<>(),
                new TreeSet<>(),
                new TreeMap<>(),
                new TreeMap<>(),
                Optional.empty(),
                Optional.empty(),
                Erasure.NOT_WANTED);
    }

    /** The state once this fact is known as well. */
    RunState after(RunEvent event) {
        return switch (event.getFactCase()) {
            case TRAINING_TAKEN, TRAINING_STARTED, STEP_PROGRESS, FACT_NOT_SET -> this;
            case STEPS_COMMITTED, SAMPLES_READY -> erasure.isWanted() ? new Draft(this).after(event) : this;
            case REQUESTED,
                    PHOTO_JUDGED,
                    ACCEPTED,
                    REJECTED,
                    WORK_REQUESTED,
                    LATENTS_CACHED,
                    CLASS_IMAGES_READY,
                    CHECKPOINT_VERIFIED,
                    CHECKPOINT_PUBLISHED,
                    TRAINING_QUEUED,
                    TRAINING_YIELDED,
                    WORK_FAILED,
                    READY,
                    FAILED,
                    CANCELLED,
                    DRAW_REQUESTED,
                    JUDGED,
                    ERASE_REQUESTED,
                    ERASED -> new Draft(this).after(event);
        };
    }

    boolean isOpen() {
        return upload.isPresent() && end.isEmpty();
    }

    /** The step whose checkpoint the judge thinks best; empty when it judged none. */
    Optional<Long> recommended() {
        return verdicts.entrySet().stream()
                .filter(verdict -> verified.containsKey(verdict.getKey())
                        && verdict.getValue().hasScores())
                .max(Comparator.comparingDouble(verdict -> verdict.getValue().getGain()))
                .map(Map.Entry::getKey);
    }

    /** How often training was asked for: the number of the newest attempt. */
    int attempts() {
        return attempts(requested);
    }

    private static int attempts(Set<WorkId> requested) {
        return Math.toIntExact(requested.stream()
                .filter(work -> work.topic().equals(Topics.TRAIN_STEP))
                .count());
    }

    /** The state while a fact is added. */
    private static final class Draft {
        private final RunState before;
        private Optional<SubjectUpload> upload;
        private final SortedMap<Integer, PhotoJudged> photos;
        private Optional<RunAccepted> accepted;
        private final Set<WorkId> requested;
        private final SortedMap<String, LatentsCached> latents;
        private final SortedMap<Integer, ClassImagesReady> classImages;
        private int queued;
        private Optional<TrainingYielded> yielded;
        private final SortedMap<Long, CheckpointVerified> verified;
        private final SortedSet<Long> published;
        private final SortedMap<Long, Verdict> verdicts;
        private final SortedMap<String, SampleRequest> draws;
        private Optional<String> failure;
        private Optional<End> end;
        private Erasure erasure;

        Draft(RunState before) {
            this.before = before;
            upload = before.upload;
            photos = new TreeMap<>(before.photos);
            accepted = before.accepted;
            requested = new HashSet<>(before.requested);
            latents = new TreeMap<>(before.latents);
            classImages = new TreeMap<>(before.classImages);
            queued = before.queued;
            yielded = before.yielded;
            verified = new TreeMap<>(before.verified);
            published = new TreeSet<>(before.published);
            verdicts = new TreeMap<>(before.verdicts);
            draws = new TreeMap<>(before.draws);
            failure = before.failure;
            end = before.end;
            erasure = before.erasure;
        }

        RunState after(RunEvent event) {
            hearAlways(event);
            if (end.isEmpty()) {
                hearWhileOpen(event);
            }
            return new RunState(
                    before.runId,
                    upload,
                    photos,
                    accepted,
                    requested,
                    latents,
                    classImages,
                    queued,
                    yielded,
                    verified,
                    published,
                    verdicts,
                    draws,
                    failure,
                    end,
                    erasure);
        }

        private void hearAlways(RunEvent event) {
            erasure = erasure.after(event);
            if (event.hasRequested() && upload.isEmpty()) {
                upload = Optional.of(event.getRequested().getUpload());
            } else if (event.hasDrawRequested()) {
                draws.putIfAbsent(
                        event.getDrawRequested().getControlId(),
                        event.getDrawRequested().getSamples());
            } else if (event.hasWorkRequested()) {
                String topic = event.getWorkRequested().getTopic();
                event.getWorkRequested().getRequestIdsList().forEach(id -> requested.add(new WorkId(topic, id)));
            } else if (event.hasWorkFailed()) {
                WorkId work = new WorkId(
                        event.getWorkFailed().getTopic(), event.getWorkFailed().getRequestId());
                if (work.isDraw()) {
                    requested.add(work); // refused by the coordinator, or tried in vain
                } else if (failure.isEmpty() && !isOfThePast(work)) {
                    failure = Optional.of(event.getWorkFailed().getReason());
                }
            }
        }

        /** Records are given out twice where an answer was lost, and the second may fail when the first had come to its end. */
        private boolean isOfThePast(WorkId work) {
            boolean isTraining = work.topic().equals(Topics.TRAIN_STEP);
            return latents.containsKey(work.requestId())
                    || classImages.keySet().stream().map(WorkId::classImages).anyMatch(work::equals)
                    || (isTraining
                            && requested.contains(work)
                            && (hasYielded(work) || !work.equals(WorkId.training(attempts(requested)))));
        }

        private boolean hasYielded(WorkId training) {
            return yielded.map(last -> WorkId.training(last.getAttempt()))
                    .filter(training::equals)
                    .isPresent();
        }

        private void hearWhileOpen(RunEvent event) {
            switch (event.getFactCase()) {
                case PHOTO_JUDGED -> photos.putIfAbsent(event.getPhotoJudged().getIndex(), event.getPhotoJudged());
                case ACCEPTED -> accepted = accepted.or(() -> Optional.of(event.getAccepted()));
                case LATENTS_CACHED ->
                    latents.putIfAbsent(event.getLatentsCached().getRequestId(), event.getLatentsCached());
                case CLASS_IMAGES_READY ->
                    classImages.putIfAbsent(event.getClassImagesReady().getGroupIndex(), event.getClassImagesReady());
                case TRAINING_QUEUED ->
                    queued = Math.max(queued, event.getTrainingQueued().getAttempt());
                case TRAINING_YIELDED -> {
                    TrainingYielded newest = event.getTrainingYielded();
                    yielded = Optional.of(yielded.filter(known -> known.getAttempt() >= newest.getAttempt())
                            .orElse(newest));
                }
                case CHECKPOINT_VERIFIED ->
                    verified.putIfAbsent(event.getCheckpointVerified().getStep(), event.getCheckpointVerified());
                case JUDGED ->
                    verdicts.putIfAbsent(
                            event.getJudged().getStep(), event.getJudged().getVerdict());
                case CHECKPOINT_PUBLISHED ->
                    published.add(event.getCheckpointPublished().getStep());
                case READY -> endAs(new End.Ready(event.getReady().getStep()));
                case REJECTED -> endAs(new End.Rejected(event.getRejected().getReason()));
                case FAILED -> endAs(new End.Failed(event.getFailed().getReason()));
                case CANCELLED -> endAs(new End.Cancelled(event.getCancelled().getReason()));
                default -> {}
            }
        }

        private void endAs(End how) {
            end = Optional.of(how);
            // Ended runs are many: what is left is what pictures of them need.
            upload = upload.map(whole -> whole.toBuilder()
                    .clearPhotos()
                    .clearPhotoLatents()
                    .clearClassPhotos()
                    .clearClassLatents()
                    .clearSpec()
                    .build());
            accepted = accepted.map(whole -> whole.toBuilder()
                    .clearImages()
                    .clearImageLatents()
                    .clearClassImages()
                    .clearClassLatents()
                    .build());
            requested.removeIf(work -> !work.isDraw());
            photos.clear();
            latents.clear();
            classImages.clear();
            verified.clear();
            verdicts.clear();
        }
    }
}
