package org.dreamboothactors.actors.board.runs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.dreamboothactors.actors.board.runs.RunDetail.LogLine;
import org.dreamboothactors.actors.board.runs.RunSummary.Count;
import org.dreamboothactors.protocol.v1.CachedLatent;
import org.dreamboothactors.protocol.v1.CheckpointPublished;
import org.dreamboothactors.protocol.v1.CheckpointVerified;
import org.dreamboothactors.protocol.v1.ClassImagesReady;
import org.dreamboothactors.protocol.v1.LatentsCached;
import org.dreamboothactors.protocol.v1.PhotoJudged;
import org.dreamboothactors.protocol.v1.PhotoVerdict;
import org.dreamboothactors.protocol.v1.PriorPreservation;
import org.dreamboothactors.protocol.v1.RunAccepted;
import org.dreamboothactors.protocol.v1.RunCancelled;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.protocol.v1.RunFailed;
import org.dreamboothactors.protocol.v1.RunReady;
import org.dreamboothactors.protocol.v1.RunRequested;
import org.dreamboothactors.protocol.v1.RunSpec;
import org.dreamboothactors.protocol.v1.Sample;
import org.dreamboothactors.protocol.v1.SamplesReady;
import org.dreamboothactors.protocol.v1.StepProgress;
import org.dreamboothactors.protocol.v1.StoredObject;
import org.dreamboothactors.protocol.v1.SubjectUpload;
import org.dreamboothactors.protocol.v1.Training;
import org.dreamboothactors.protocol.v1.TrainingStarted;
import org.dreamboothactors.protocol.v1.TrainingYielded;
import org.dreamboothactors.protocol.v1.UploadedPhoto;
import org.dreamboothactors.protocol.v1.WorkFailed;
import org.dreamboothactors.storage.Stored;
import org.junit.jupiter.api.Test;

class RunViewsTest {
    private final RunViews runs = new RunViews();

    @Test
    void followsARunFromRequestToReady() {
        runs.hear(requested("cat"));
        assertThat(summary().state()).isEqualTo(RunState.REQUESTED);
        assertThat(summary().photos()).isEqualTo(new Count(0, 2));

        runs.hear(fact("p0").setPhotoJudged(accepted(0)).build());
        runs.hear(fact("accepted").setAccepted(spec(1)).build());
        assertThat(summary().state()).isEqualTo(RunState.PREPARING);
        assertThat(summary().maxSteps()).isEqualTo(100);
        assertThat(summary().photos()).isEqualTo(new Count(1, 2));
        assertThat(summary().thumbnail()).contains(new RunSummary.Picture("clean/0", "sha-clean/0"));

        runs.hear(fact("l")
                .setLatentsCached(
                        LatentsCached.newBuilder().addLatents(latent()).addLatents(latent()))
                .build());
        assertThat(summary().latents()).isEqualTo(new Count(2, 5));

        runs.hear(started(1, 0));
        runs.hear(progress(1, 40));
        assertThat(summary().state()).isEqualTo(RunState.TRAINING);
        assertThat(summary().progress()).map(Point::step).contains(40L);

        runs.hear(fact("y")
                .setTrainingYielded(TrainingYielded.newBuilder().setStep(40))
                .build());
        assertThat(summary().state()).isEqualTo(RunState.WAITING);

        runs.hear(fact("ready").setReady(RunReady.newBuilder().setStep(100)).build());
        assertThat(summary().state()).isEqualTo(RunState.READY);
        assertThat(summary().endedAtMs()).contains(1_000L);
    }

    @Test
    void keepsTheFirstEndOfARun() {
        runs.hear(requested("cat"));
        runs.hear(fact("failed")
                .setFailed(RunFailed.newBuilder().setReason("loss is NaN"))
                .build());

        runs.hear(fact("cancelled")
                .setCancelled(RunCancelled.newBuilder().setReason("late"))
                .build());
        runs.hear(started(2, 0));
        runs.hear(fact("w")
                .setWorkFailed(WorkFailed.newBuilder().setReason("late"))
                .build());

        assertThat(summary().state()).isEqualTo(RunState.FAILED);
        assertThat(summary().reason()).isEqualTo("loss is NaN");
    }

    @Test
    void ignoresAFactThatIsToldTwice() {
        runs.hear(requested("cat"));
        RunEvent latents = fact("latents-1")
                .setLatentsCached(LatentsCached.newBuilder().addLatents(latent()))
                .build();
        runs.hear(latents);
        runs.takeChanges();

        assertThat(runs.hear(latents)).isFalse();

        assertThat(runs.takeChanges().runs()).isEmpty();
        assertThat(summary().latents().done()).isEqualTo(1);
        assertThat(detail(0, 0).log()).hasSize(2);
    }

    @Test
    void saysNothingAboutARunThatWasNotRequested() {
        assertThat(runs.hear(started(1, 0))).isFalse();

        assertThat(runs.summaries()).isEmpty();
    }

    @Test
    void namesOnlyPicturesAsPictures() {
        runs.hear(requested("cat"));
        runs.hear(fact("p0").setPhotoJudged(accepted(0)).build());
        runs.hear(fact("c")
                .setClassImagesReady(ClassImagesReady.newBuilder().addImages(object("class/0")))
                .build());
        runs.hear(fact("s").setSamplesReady(samples(1, 10, 1)).build());
        runs.hear(fact("v").setCheckpointVerified(checkpoint(100)).build());

        assertThat(runs.picture("clean/0")).contains(new Stored("clean/0", 7, "sha-clean/0"));
        assertThat(runs.picture("class/0")).isPresent();
        assertThat(runs.picture("samples/1/0")).isPresent();
        assertThat(runs.picture("ckpt/unet.safetensors")).isEmpty();
        assertThat(runs.picture("uploads/raw")).isEmpty();
    }

    @Test
    void givesOnlyWhatIsNew() {
        runs.hear(requested("cat"));
        runs.hear(started(1, 0));
        runs.hear(progress(1, 1));
        RunDetail first = detail(0, 0);

        runs.hear(progress(1, 2));
        RunDetail second = detail(first.run().seq(), first.generation());

        assertThat(first.whole()).isTrue();
        assertThat(first.gallery()).isPresent();
        assertThat(second.whole()).isFalse();
        assertThat(second.points()).extracting(Point::step).containsExactly(2L);
        assertThat(second.log()).isEmpty();
        assertThat(second.gallery()).isEmpty();
    }

    @Test
    void givesEverythingAgainWhenStepsAreRepeated() {
        runs.hear(requested("cat"));
        runs.hear(started(1, 0));
        IntStream.rangeClosed(1, 30).forEach(step -> runs.hear(progress(1, step)));
        RunDetail before = detail(0, 0);

        runs.hear(started(2, 20));
        runs.hear(progress(2, 21));
        runs.hear(progress(1, 31)); // a worker that does not know yet that it lost the run
        RunDetail after = detail(before.run().seq(), before.generation());

        assertThat(after.whole()).isTrue();
        assertThat(after.points()).extracting(Point::step).isSorted().doesNotHaveDuplicates();
        assertThat(after.points().getLast().step()).isEqualTo(21);
        assertThat(after.points().getLast().attempt()).isEqualTo(2);
        assertThat(after.gallery().orElseThrow().attempts()).hasSize(2);
    }

    @Test
    void thinsALongCurveAndKeepsItsEnds() {
        runs.hear(requested("cat"));
        int steps = 3 * Limits.POINTS;
        IntStream.rangeClosed(1, steps).forEach(step -> runs.hear(progress(1, step)));

        List<Point> points = detail(0, 0).points();
        assertThat(points).hasSizeBetween(Limits.POINTS / 2, Limits.POINTS);
        assertThat(points.getFirst().step()).isEqualTo(1);
        assertThat(points.getLast().step()).isGreaterThan(steps - 10);
        assertThat(summary().progress()).map(Point::step).contains((long) steps);
    }

    @Test
    void smoothsOverStepsAndSkipsWhatIsNoNumber() {
        runs.hear(requested("cat"));
        runs.hear(loss(1, 1.0));
        runs.hear(loss(51, 0.0)); // 50 steps on: a third of the old is left
        assertThat(summary().progress().orElseThrow().lossTrend()).isBetween(0.36f, 0.38f);

        runs.hear(loss(52, Double.NaN));
        assertThat(summary().progress().orElseThrow().lossTrend()).isBetween(0.36f, 0.38f);
        assertThat(summary().progress().orElseThrow().loss()).isNaN();
    }

    @Test
    void forgetsOldLinesAndCountsThem() {
        runs.hear(requested("cat"));
        IntStream.range(0, Limits.LOG_LINES + 9)
                .forEach(i -> runs.hear(fact("w" + i)
                        .setWorkFailed(WorkFailed.newBuilder().setReason("try " + i))
                        .build()));

        RunDetail detail = detail(0, 0);
        assertThat(detail.log()).hasSize(Limits.LOG_LINES);
        assertThat(detail.log().getLast())
                .extracting(LogLine::text)
                .asString()
                .endsWith("try " + (Limits.LOG_LINES + 8));
        assertThat(detail.olderLines()).isEqualTo(10);
    }

    @Test
    void keepsTheBaseModelsSamplesAndTheNewest() {
        runs.hear(requested("cat"));
        int rounds = Limits.SAMPLES / 8 + 5;
        IntStream.range(0, rounds)
                .forEach(i -> runs.hear(
                        fact("s" + i).setSamplesReady(samples(i, i, 8)).build()));

        RunDetail.Gallery gallery = detail(0, 0).gallery().orElseThrow();
        assertThat(gallery.rounds()).hasSize(Limits.SAMPLES / 8);
        assertThat(gallery.rounds().getFirst().step()).isZero();
        assertThat(gallery.rounds().getLast().step()).isEqualTo(rounds - 1);
        assertThat(gallery.samplesLeftOut()).isEqualTo(40);
        assertThat(runs.picture("samples/1/0")).isEmpty();
        assertThat(runs.picture("samples/0/0")).isPresent();
    }

    @Test
    void marksACheckpointAsPublished() {
        runs.hear(requested("cat"));
        runs.hear(fact("v").setCheckpointVerified(checkpoint(100)).build());
        runs.hear(fact("cp")
                .setCheckpointPublished(CheckpointPublished.newBuilder().setStep(100))
                .build());

        assertThat(detail(0, 0).gallery().orElseThrow().checkpoints())
                .singleElement()
                .satisfies(it -> {
                    assertThat(it.published()).isTrue();
                    assertThat(it.weightsSha256()).isEqualTo("weights");
                    assertThat(it.files())
                            .extracting(RunDetail.StoredFile::key)
                            .containsExactly("ckpt/unet.safetensors");
                });
    }

    @Test
    void forgetsRunsThatEndedLongestAgoFirst() {
        runs.hear(requested("open"));
        IntStream.range(0, Limits.RUNS).forEach(i -> {
            runs.hear(requested("run-" + i));
            runs.hear(RunEvent.newBuilder()
                    .setRunId("run-" + i)
                    .setEventId("ready")
                    .setAtMs(1_000 + i)
                    .setReady(RunReady.getDefaultInstance())
                    .build());
        });

        assertThat(runs.summaries()).hasSize(Limits.RUNS);
        assertThat(runs.summary("open")).isPresent();
        assertThat(runs.summary("run-0")).isEmpty();
        assertThat(runs.takeChanges().gone()).containsExactly("run-0");
    }

    @Test
    void cutsTextsOfAnyLength() {
        runs.hear(requested("cat"));
        runs.hear(fact("f")
                .setFailed(RunFailed.newBuilder().setReason("x".repeat(1 << 20)))
                .build());

        assertThat(summary().reason()).hasSize(Limits.TEXT + 1);
        assertThat(detail(0, 0).log().getLast().text()).hasSize(Limits.TEXT + 1);
    }

    private RunSummary summary() {
        return runs.summary("cat").orElseThrow();
    }

    private RunDetail detail(long after, long generation) {
        return runs.detail("cat", after, generation).orElseThrow();
    }

    private static RunEvent requested(String id) {
        return RunEvent.newBuilder()
                .setRunId(id)
                .setEventId("requested")
                .setRequested(RunRequested.newBuilder()
                        .setUpload(SubjectUpload.newBuilder()
                                .setRunId(id)
                                .setTenant("studio")
                                .addPhotos(UploadedPhoto.newBuilder().setObject(object("uploads/raw")))
                                .addPhotos(UploadedPhoto.getDefaultInstance())))
                .build();
    }

    private static RunEvent.Builder fact(String id) {
        return RunEvent.newBuilder().setRunId("cat").setEventId(id).setAtMs(1_000);
    }

    private static RunEvent started(int attempt, long from) {
        return fact("started-" + attempt)
                .setTrainingStarted(
                        TrainingStarted.newBuilder().setAttempt(attempt).setFromStep(from))
                .build();
    }

    private static RunEvent progress(int attempt, long step) {
        return fact("").setStepProgress(StepProgress.newBuilder()
                        .setAttempt(attempt)
                        .setStep(step)
                        .setLoss(0.5))
                .build();
    }

    private static RunEvent loss(long step, double loss) {
        return fact("").setStepProgress(
                        StepProgress.newBuilder().setAttempt(1).setStep(step).setLoss(loss))
                .build();
    }

    private static RunAccepted spec(int images) {
        RunAccepted.Builder accepted = RunAccepted.newBuilder()
                .setSpec(RunSpec.newBuilder()
                        .setTraining(Training.newBuilder().setMaxSteps(100))
                        .setPrior(PriorPreservation.newBuilder().setNumClassImages(4)));
        IntStream.range(0, images).forEach(i -> accepted.addImages(object("clean/" + i)));
        return accepted.build();
    }

    private static PhotoJudged accepted(int index) {
        return PhotoJudged.newBuilder()
                .setIndex(index)
                .setVerdict(PhotoVerdict.ACCEPTED)
                .setImage(object("clean/" + index))
                .build();
    }

    private static CachedLatent latent() {
        return CachedLatent.getDefaultInstance();
    }

    private static SamplesReady samples(int round, long step, int pictures) {
        SamplesReady.Builder ready = SamplesReady.newBuilder().setStep(step);
        IntStream.range(0, pictures)
                .forEach(i -> ready.addSamples(
                        Sample.newBuilder().setPrompt("p" + i).setImage(object("samples/" + round + "/" + i))));
        return ready.build();
    }

    private static CheckpointVerified checkpoint(long step) {
        return CheckpointVerified.newBuilder()
                .setStep(step)
                .setPrefix("ckpt/")
                .setWeightsSha256("weights")
                .addFiles(object("ckpt/unet.safetensors"))
                .build();
    }

    private static StoredObject object(String key) {
        return StoredObject.newBuilder()
                .setKey(key)
                .setSizeBytes(7)
                .setSha256("sha-" + key)
                .build();
    }
}
