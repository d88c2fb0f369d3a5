package org.dreamboothactors.actors.trainer;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.dreamboothactors.actors.device.DeviceAnswer.Judged;
import org.dreamboothactors.actors.device.DeviceCommand.JudgePictures;
import org.dreamboothactors.actors.device.DeviceCommand.Shown;
import org.dreamboothactors.actors.device.DeviceRefused;
import org.dreamboothactors.actors.work.BaseModels.JudgeModel;
import org.dreamboothactors.diffusion.judging.PictureScores;
import org.dreamboothactors.protocol.Events;
import org.dreamboothactors.protocol.Wire;
import org.dreamboothactors.protocol.v1.ModelJudged;
import org.dreamboothactors.protocol.v1.StoredObject;
import org.dreamboothactors.protocol.v1.Verdict;
import org.dreamboothactors.storage.StorageException;

/** Has validation pictures judged by the model that the node has for the run's base model. */
record Judging(Workplace place, RunInWork run, Verdicts verdicts) {

    /**
     * Tells what is to be said of the pictures {@code <i>.png} of these prompts. A judge that cannot say anything is no
     * reason to stop the run: the verdict says so.
     */
    void judge(long step, List<String> prompts, Path pictures) {
        place.shift().says(run.runId() + ": judging the pictures of step " + step);
        Verdict verdict = verdicts.of(step).orElseGet(() -> verdicts.keep(step, verdict(step, prompts, pictures)));
        place.node()
                .facts()
                .tell(Events.event(run.runId(), "judged-" + step)
                        .setJudged(ModelJudged.newBuilder().setStep(step).setVerdict(verdict))
                        .build());
    }

    private Verdict verdict(long step, List<String> prompts, Path pictures) {
        try {
            return looked(step, prompts, pictures);
        } catch (DeviceRefused | StorageException | UncheckedIOException e) {
            return notJudged(String.valueOf(e.getMessage()));
        }
    }

    private Verdict looked(long step, List<String> prompts, Path pictures) {
        Optional<JudgeModel> judge = place.node().models().judge(run.request().getBaseModel());
        Optional<Identifier> identifier =
                Identifier.of(run.spec().getInstancePrompt(), run.spec().getClassPrompt());
        if (judge.isEmpty()) {
            return notJudged("there is no judge for base model " + run.request().getBaseModel()
                    + " here. Give the node one with the setting judges");
        }
        if (identifier.isEmpty()) {
            return notJudged("the class prompt does not tell which word of the instance prompt is the identifier");
        }
        List<Shown> subject = new ArrayList<>();
        List<Path> ofClass = new ArrayList<>();
        for (int i = 0; i < prompts.size(); i++) {
            Path picture = pictures.resolve(i + ".png");
            String prompt = prompts.get(i);
            if (identifier.get().isIn(prompt)) {
                subject.add(new Shown(picture, identifier.get().leftOutOf(prompt)));
            } else if (!identifier.get().isPartlyIn(prompt)) {
                ofClass.add(picture);
            }
        }
        if (subject.isEmpty()) {
            return notJudged("no validation prompt has the identifier "
                    + String.join(" ", identifier.get().words()));
        }
        if (run.request().getImagesCount() == 0) {
            return notJudged("the request names no photos");
        }
        if (place.shift().delivery() > Training.MANY_DELIVERIES) {
            return notJudged("too many devices were lost on the way, and judging may be why");
        }
        PictureScores scores = place.device()
                .ask(new JudgePictures(judge.get().folder(), photos(), subject, ofClass), Judged.class)
                .scores();
        return verdict(step, scores, judge.get());
    }

    private Verdict verdict(long step, PictureScores scores, JudgeModel judge) {
        if (!scores.allFinite()) {
            return notJudged("the judge's scores are not finite: " + scores);
        }
        Optional<Verdict> base = verdicts.base();
        if (step > 0 && base.isEmpty()) {
            return notJudged("the base model was not judged");
        }
        if (step > 0 && !base.get().getJudge().equals(judge.digest())) {
            return notJudged(
                    "the base model was judged by another judge, " + base.get().getJudge());
        }
        PictureScores first = step == 0 ? scores : scores(base.get().getScores());
        return Verdict.newBuilder()
                .setScores(message(scores))
                .setBase(message(first))
                .setGain(scores.gain(first))
                .setJudge(judge.digest())
                .build();
    }

    /** Fetched once. */
    private List<Path> photos() {
        Path folder = place.scratch().folder("photos");
        List<Path> photos = new ArrayList<>();
        for (StoredObject image : run.request().getImagesList()) {
            Path photo = folder.resolve(photos.size() + ".png");
            if (!Files.exists(photo)) {
                place.node().store().fetch(Wire.stored(image), photo);
            }
            photos.add(photo);
        }
        return photos;
    }

    private static Verdict notJudged(String why) {
        return Verdict.newBuilder().setNotJudged(why).build();
    }

    private static org.dreamboothactors.protocol.v1.PictureScores message(PictureScores scores) {
        var message = org.dreamboothactors.protocol.v1.PictureScores.newBuilder()
                .setSubjectFidelity(scores.subjectFidelity())
                .setPromptFidelity(scores.promptFidelity());
        scores.classLikeness().ifPresent((Consumer<Double>) message::setClassLikeness);
        scores.diversity().ifPresent((Consumer<Double>) message::setDiversity);
        return message.build();
    }

    private static PictureScores scores(org.dreamboothactors.protocol.v1.PictureScores message) {
        return new PictureScores(
                message.getSubjectFidelity(),
                message.getPromptFidelity(),
                message.hasClassLikeness() ? Optional.of(message.getClassLikeness()) : Optional.empty(),
                message.hasDiversity() ? Optional.of(message.getDiversity()) : Optional.empty());
    }
}
