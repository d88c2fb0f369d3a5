package org.dreamboothactors.actors.board.runs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dreamboothactors.actors.board.runs.CatFacts.accepted;
import static org.dreamboothactors.actors.board.runs.CatFacts.checkpoint;
import static org.dreamboothactors.actors.board.runs.CatFacts.fact;
import static org.dreamboothactors.actors.board.runs.CatFacts.latent;
import static org.dreamboothactors.actors.board.runs.CatFacts.loss;
import static org.dreamboothactors.actors.board.runs.CatFacts.object;
import static org.dreamboothactors.actors.board.runs.CatFacts.progress;
import static org.dreamboothactors.actors.board.runs.CatFacts.requested;
import static org.dreamboothactors.actors.board.runs.CatFacts.samples;
import static org.dreamboothactors.actors.board.runs.CatFacts.spec;
import static org.dreamboothactors.actors.board.runs.CatFacts.started;

import java.util.List;
import java.util.stream.IntStream;
import org.dreamboothactors.actors.board.runs.RunSummary.Count;
import org.dreamboothactors.protocol.Topics;
import org.dreamboothactors.protocol.v1.CheckpointPublished;
import org.dreamboothactors.protocol.v1.ClassImagesReady;
import org.dreamboothactors.protocol.v1.LatentsCached;
import org.dreamboothactors.protocol.v1.ModelJudged;
import org.dreamboothactors.protocol.v1.PhotoJudged;
import org.dreamboothactors.protocol.v1.PhotoVerdict;
import org.dreamboothactors.protocol.v1.PictureScores;
import org.dreamboothactors.protocol.v1.PriorPreservation;
import org.dreamboothactors.protocol.v1.RunAccepted;
import org.dreamboothactors.protocol.v1.RunCancelled;
import org.dreamboothactors.protocol.v1.RunErased;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.protocol.v1.RunFailed;
import org.dreamboothactors.protocol.v1.RunReady;
import org.dreamboothactors.protocol.v1.RunSpec;
import org.dreamboothactors.protocol.v1.StoredObject;
import org.dreamboothactors.protocol.v1.TrainingYielded;
import org.dreamboothactors.protocol.v1.Verdict;
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
    void keepsTheBaseModelsVerdictAndTheNewest() {
        runs.hear(requested("cat"));
        for (long step = 0; step <= Limits.VERDICTS; step++) {
            runs.hear(fact("judged-" + step)
                    .setJudged(ModelJudged.newBuilder()
                            .setStep(step)
                            .setVerdict(Verdict.newBuilder().setScores(PictureScores.getDefaultInstance())))
                    .build());
        }
        runs.hear(fact("ready")
                .setReady(RunReady.newBuilder().setStep(100).setRecommendedStep(40))
                .build());

        var gallery = runs.detail("cat", 0, 0).orElseThrow().gallery().orElseThrow();
        assertThat(gallery.verdicts()).hasSize(Limits.VERDICTS);
        assertThat(gallery.verdicts().get(0).step()).isZero();
        assertThat(gallery.verdicts().get(1).step()).isEqualTo(2);
        assertThat(gallery.recommended()).isEqualTo(40);
    }

    @Test
    void waitsForNoLatentsOfPhotosThatAreEncodedOnline() {
        runs.hear(requested("cat"));
        runs.hear(fact("accepted")
                .setAccepted(RunAccepted.newBuilder()
                        .setSpec(RunSpec.newBuilder()
                                .setEncodeOnline(true)
                                .setPrior(PriorPreservation.newBuilder().setNumClassImages(5)))
                        .addImages(object("photo"))
                        .addClassImages(object("own")))
                .build());

        assertThat(summary().latents()).isEqualTo(new Count(0, 4));
    }

    @Test
    void countsClassImagesOfOnesOwnAndThoseThatAreWantedBesideThem() {
        runs.hear(requested("cat"));
        for (int i = 0; i < 3; i++) {
            PhotoJudged.Builder own =
                    PhotoJudged.newBuilder().setIndex(i).setName("own").setOfClass(true);
            runs.hear(fact("photo-" + i)
                    .setPhotoJudged(
                            i == 1
                                    ? own.setVerdict(PhotoVerdict.TOO_SMALL).setReason("it is too small")
                                    : own.setVerdict(PhotoVerdict.ACCEPTED).setImage(object("own-" + i)))
                    .build());
        }
        runs.hear(fact("accepted")
                .setAccepted(RunAccepted.newBuilder()
                        .setSpec(RunSpec.newBuilder()
                                .setPrior(PriorPreservation.newBuilder().setNumClassImages(5)))
                        .addClassImages(object("own-0"))
                        .addClassImages(object("own-2")))
                .build());
        runs.hear(fact("group-0")
                .setClassImagesReady(ClassImagesReady.newBuilder()
                        .addAllImages(List.of(object("a"), object("b"), object("c"), object("beyond"))))
                .build());

        assertThat(summary().classImages()).isEqualTo(new RunSummary.Count(5, 5));
        assertThat(summary().photos().done()).isZero();
        RunDetail detail = runs.detail("cat", 0, 0).orElseThrow();
        assertThat(detail.gallery().orElseThrow().classImages())
                .extracting(RunSummary.Picture::key)
                .startsWith("own-0", "own-2", "a");
        assertThat(detail.log()).extracting(RunDetail.LogLine::text).anyMatch(line -> line.contains("too_small"));
    }

    private static StoredObject object(String name) {
        return StoredObject.newBuilder().setKey(name).setSha256("0".repeat(64)).build();
    }

    @Test
    void aRunIsInNoTroubleWhenPicturesOfItCannotBeDrawn() {
        runs.hear(requested("cat"));
        runs.hear(fact("w")
                .setWorkFailed(WorkFailed.newBuilder()
                        .setTopic(Topics.REG_GENERATION)
                        .setRequestId("mine")
                        .setReason("no such step"))
                .build());
        assertThat(summary().reason()).isEmpty();

        runs.hear(fact("v")
                .setWorkFailed(WorkFailed.newBuilder()
                        .setTopic(Topics.REG_GENERATION)
                        .setRequestId("class-images-0")
                        .setReason("the model is broken"))
                .build());
        assertThat(summary().reason()).isEqualTo("the model is broken");
    }

    @Test
    void showsNothingOfARunThatIsErased() {
        runs.hear(requested("cat"));
        runs.hear(fact("photo-0")
                .setPhotoJudged(PhotoJudged.newBuilder()
                        .setVerdict(PhotoVerdict.ACCEPTED)
                        .setImage(object("photos/ann/p")))
                .build());
        runs.hear(fact("cancelled")
                .setCancelled(RunCancelled.newBuilder().setReason("late"))
                .build());
        assertThat(runs.picture("photos/ann/p")).isPresent();

        runs.hear(fact("erased-1")
                .setErased(RunErased.newBuilder().setRound(1).setObjects(2))
                .build());

        assertThat(runs.picture("photos/ann/p")).isEmpty();
        assertThat(summary().thumbnail()).isEmpty();
        assertThat(summary().state()).isEqualTo(RunState.ERASED);
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

    private RunSummary summary() {
        return runs.summary("cat").orElseThrow();
    }

    private RunDetail detail(long after, long generation) {
        return runs.detail("cat", after, generation).orElseThrow();
    }
}
