package org.dreamboothactors.actors.coordinator;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.dreamboothactors.protocol.Ids;
import org.dreamboothactors.protocol.v1.CheckpointVerified;
import org.dreamboothactors.protocol.v1.GenerationRequest;
import org.dreamboothactors.protocol.v1.LatentRequest;
import org.dreamboothactors.protocol.v1.PhotoJudged;
import org.dreamboothactors.protocol.v1.PhotoVerdict;
import org.dreamboothactors.protocol.v1.RunAccepted;
import org.dreamboothactors.protocol.v1.SubjectUpload;
import org.dreamboothactors.protocol.v1.TrainingYielded;

/**
 * What a run still needs. Knows nothing but the run's state, so that whoever coordinates the run next decides the same.
 *
 * @param groupSize class images that are made together
 */
record Decisions(Specs specs, int groupSize) {
    /** Fewer photos than this show the subject too seldom. */
    private static final int FEWEST_PHOTOS = 3;

    /** All that can be done now; nothing that was asked for before. */
    List<Decision> of(RunState run) {
        List<Decision> decisions = new ArrayList<>(new Draws(specs, groupSize).of(run));
        if (run.erasure().isWanted()) {
            erase(run).ifPresent(decisions::add);
            return decisions;
        }
        Optional<SubjectUpload> upload = run.upload();
        if (run.isOpen() && upload.isPresent()) {
            Optional<RunAccepted> accepted = run.accepted();
            if (accepted.isPresent()) {
                Requests requests =
                        new Requests(run.runId(), upload.get().getTenant(), accepted.get(), groupSize(accepted.get()));
                decisions.addAll(goOn(run, requests));
            } else {
                decisions.add(begin(run, upload.get()));
            }
        }
        return decisions;
    }

    private static Optional<Decision> erase(RunState run) {
        if (run.isOpen()) {
            return Optional.of(new Decision.Cancel("it is to be erased"));
        }
        return run.end().isPresent() && run.erasure().isDue()
                ? Optional.of(new Decision.Erase(run.erasure().rounds()))
                : Optional.empty();
    }

    /** As it was when the run was accepted, whatever this coordinator is set to: groups are asked for by number. */
    private int groupSize(RunAccepted accepted) {
        return accepted.getClassImageGroupSize() > 0 ? accepted.getClassImageGroupSize() : groupSize;
    }

    private Decision begin(RunState run, SubjectUpload upload) {
        if (!Ids.isId(upload.getTenant())) {
            return new Decision.Reject("Cannot accept the run: the tenant's name is not 1 to 64 of [a-z0-9-]");
        }
        return switch (specs.resolve(upload.getSpec())) {
            case Resolution.Refused(String reason) -> new Decision.Reject("Cannot accept the run: " + reason);
            case Resolution.Resolved resolved ->
                GivenPictures.complaint(upload, resolved.spec())
                        .<Decision>map(reason -> new Decision.Reject("Cannot accept the run: " + reason))
                        .orElseGet(
                                () -> judged(run, upload) ? accept(run, upload, resolved) : new Decision.Judge(upload));
        };
    }

    private static boolean judged(RunState run, SubjectUpload upload) {
        return run.photos().size() >= upload.getPhotosCount() + upload.getClassPhotosCount();
    }

    private Decision accept(RunState run, SubjectUpload upload, Resolution.Resolved resolved) {
        List<PhotoJudged> good = run.photos().values().stream()
                .filter(photo -> photo.getVerdict() == PhotoVerdict.ACCEPTED && !photo.getOfClass())
                .toList();
        if (good.size() < FEWEST_PHOTOS) {
            return new Decision.Reject("Cannot accept the run: " + good.size() + " of "
                    + upload.getPhotosCount() + " photos are usable, expected at least " + FEWEST_PHOTOS
                    + ". Upload more photos of the subject");
        }
        return new Decision.Accept(RunAccepted.newBuilder()
                .setSpec(resolved.spec())
                .setBaseModelDigest(resolved.baseModelDigest())
                .setClassImageGroupSize(groupSize)
                .addAllImages(good.stream().map(PhotoJudged::getImage).toList())
                .addAllImageLatents(GivenPictures.latents(upload, good))
                .addAllClassLatents(upload.getClassLatentsList())
                .addAllClassImages(run.photos().values().stream()
                        .filter(photo -> photo.getVerdict() == PhotoVerdict.ACCEPTED && photo.getOfClass())
                        .map(PhotoJudged::getImage)
                        .toList())
                .build());
    }

    private static List<Decision> goOn(RunState run, Requests requests) {
        List<Decision> checkpoints = checkpoints(run);
        if (!checkpoints.isEmpty()) {
            return checkpoints; // what comes after is decided when they are public
        }
        if (run.failure().isPresent()) {
            return List.of(new Decision.Fail(run.failure().get()));
        }
        List<Decision> work = new ArrayList<>();
        List<LatentRequest> latents = latents(run, requests);
        if (!latents.isEmpty()) {
            work.add(new Decision.Encode(latents));
        }
        List<GenerationRequest> images = IntStream.range(0, requests.groups())
                .filter(group -> !run.requested().contains(WorkId.classImages(group)))
                .mapToObj(requests::classImages)
                .toList();
        if (!images.isEmpty()) {
            work.add(new Decision.Draw(images));
        }
        training(run, requests).ifPresent(work::add);
        return work;
    }

    private static List<Decision> checkpoints(RunState run) {
        List<Decision> checkpoints = new ArrayList<>();
        for (CheckpointVerified checkpoint : run.verified().values()) {
            if (!run.published().contains(checkpoint.getStep())) {
                checkpoints.add(new Decision.Publish(checkpoint));
            }
        }
        return checkpoints;
    }

    private static List<LatentRequest> latents(RunState run, Requests requests) {
        List<LatentRequest> latents = new ArrayList<>();
        requests.instanceLatents()
                .filter(_ -> !run.requested().contains(WorkId.instanceLatents()))
                .ifPresent(latents::add);
        requests.givenClassLatents()
                .filter(_ -> !run.requested().contains(WorkId.givenClassLatents()))
                .ifPresent(latents::add);
        IntStream.range(0, requests.ownParts())
                .filter(part -> !run.requested().contains(WorkId.ownClassLatents(part)))
                .mapToObj(requests::ownClassLatents)
                .forEach(latents::add);
        run.classImages().forEach((group, ready) -> {
            if (group < requests.groups() && !run.requested().contains(WorkId.classLatents(group))) {
                latents.add(requests.classLatents(group, ready.getImagesList()));
            }
        });
        return latents;
    }

    /**
     * The first attempt when all latents are there, the next one when the newest gave up its turn. First the run takes its
     * place in the line, and from then on it needs its turn.
     */
    private static Optional<Decision> training(RunState run, Requests requests) {
        int newest = run.attempts();
        long step = run.yielded().map(TrainingYielded::getStep).orElse(0L);
        boolean yielded =
                run.yielded().filter(last -> last.getAttempt() == newest).isPresent();
        if (!requests.isComplete(run.latents()) || !(newest == 0 || yielded)) {
            return Optional.empty();
        }
        return Optional.of(
                run.queued() > newest
                        ? new Decision.Train(requests.training(newest + 1, step, run.latents()))
                        : new Decision.Queue(newest + 1));
    }
}
