package org.dreamboothactors.actors.intake;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.function.Predicate;
import org.dreamboothactors.actors.intake.JudgeAnswer.Clean;
import org.dreamboothactors.actors.intake.JudgeAnswer.Failed;
import org.dreamboothactors.actors.intake.JudgeAnswer.Ready;
import org.dreamboothactors.actors.intake.JudgeAnswer.Refused;
import org.dreamboothactors.actors.intake.photo.RefusedPhoto;
import org.dreamboothactors.actors.work.Scratch;
import org.dreamboothactors.protocol.Wire;
import org.dreamboothactors.protocol.v1.PhotoJudged;
import org.dreamboothactors.protocol.v1.PhotoVerdict;
import org.dreamboothactors.protocol.v1.StoredObject;
import org.dreamboothactors.protocol.v1.SubjectUpload;
import org.dreamboothactors.protocol.v1.UploadedPhoto;
import org.dreamboothactors.storage.ArtifactStore;
import org.dreamboothactors.storage.Sha256;

/**
 * Judges photos in a child process, one process for an upload and a fresh one after each that is lost.
 *
 * @param workDirectory for files that may be lost
 * @param ended whether a run wants nothing more, by its id
 */
record ChildProcessJudge(ArtifactStore store, Path workDirectory, JudgeSettings settings, Predicate<String> ended)
        implements UploadJudge {
    static final int MOST_PHOTOS = 40;

    @Override
    public List<PhotoJudged> judge(SubjectUpload upload, IntConsumer looking) throws InterruptedException {
        try (Scratch scratch = Scratch.below(workDirectory.resolve("scratch"));
                Sitting sitting = new Sitting(upload, scratch)) {
            List<PhotoJudged> verdicts = new ArrayList<>();
            int pictures = upload.getPhotosCount() + upload.getClassPhotosCount();
            for (int i = 0; i < pictures && !ended.test(upload.getRunId()); i++) {
                if (i < MOST_PHOTOS || i >= upload.getPhotosCount()) {
                    looking.accept(i);
                }
                verdicts.add(sitting.judge(i));
            }
            return verdicts;
        }
    }

    /** The judging of one upload. */
    private final class Sitting implements AutoCloseable {
        private final SubjectUpload upload;
        private final Scratch scratch;
        /** Positions of the accepted photos by the digest of their clean copies: equal pixels, equal bytes. */
        private final Map<String, Integer> accepted = new HashMap<>();

        private Optional<JudgeProcess> process = Optional.empty();

        Sitting(SubjectUpload upload, Scratch scratch) {
            this.upload = upload;
            this.scratch = scratch;
        }

        PhotoJudged judge(int index) throws InterruptedException {
            boolean ofClass = index >= upload.getPhotosCount();
            UploadedPhoto photo =
                    ofClass ? upload.getClassPhotos(index - upload.getPhotosCount()) : upload.getPhotos(index);
            PhotoJudged.Builder told = PhotoJudged.newBuilder()
                    .setIndex(index)
                    .setName(ShownName.of(photo.getName()))
                    .setOfClass(ofClass);
            try {
                if (!ofClass && index >= MOST_PHOTOS) {
                    throw new RefusedPhoto(
                            PhotoVerdict.TOO_MANY,
                            "it is " + numbered(index) + " of the upload, expected at most " + MOST_PHOTOS);
                }
                Path file = scratch.file("photo");
                Path copy = scratch.file("clean.png");
                new UploadedFiles(store).fetch(upload.getTenant(), photo.getObject(), file);
                Clean clean = examine(new JudgeQuestion(file, copy), true);
                return told.setVerdict(PhotoVerdict.ACCEPTED)
                        .setImage(keep(index, copy))
                        .setWidth(clean.width())
                        .setHeight(clean.height())
                        .build();
            } catch (RefusedPhoto refused) {
                return told.setVerdict(refused.verdict())
                        .setReason(String.valueOf(refused.getMessage()))
                        .build();
            }
        }

        /** @param again whether a process that somebody killed is given another chance */
        private Clean examine(JudgeQuestion question, boolean again) throws RefusedPhoto, InterruptedException {
            if (process.isEmpty()) {
                process = Optional.of(JudgeProcess.start(settings, scratch.folder("judge")));
            }
            try {
                return switch (process.get().ask(question)) {
                    case Clean clean -> clean;
                    case Refused(var verdict, var reason) -> throw new RefusedPhoto(verdict, reason);
                    case Failed(var reason) -> throw new IllegalStateException("Cannot judge a photo: " + reason);
                    case Ready ready -> throw new IllegalStateException("Cannot judge a photo: " + ready);
                };
            } catch (JudgeLost lost) {
                close();
                if (lost.isKilled() && again) {
                    return examine(question, false);
                }
                throw new RefusedPhoto(
                        PhotoVerdict.UNDECODABLE, "it cannot be decoded within limits: " + lost.getMessage());
            }
        }

        private StoredObject keep(int index, Path copy) throws RefusedPhoto {
            Optional<Integer> earlier = Optional.ofNullable(accepted.putIfAbsent(Sha256.of(copy), index));
            if (earlier.isPresent()) {
                throw new RefusedPhoto(PhotoVerdict.DUPLICATE, "it has the same pixels as " + numbered(earlier.get()));
            }
            return Wire.message(store.putBlob("photos/" + upload.getTenant() + "/", copy));
        }

        /** As people count the pictures of an upload. */
        private String numbered(int index) {
            int photos = upload.getPhotosCount();
            return index < photos ? "photo " + (index + 1) : "class image " + (index - photos + 1);
        }

        @Override
        public void close() {
            process.ifPresent(JudgeProcess::close);
            process = Optional.empty();
        }
    }
}
