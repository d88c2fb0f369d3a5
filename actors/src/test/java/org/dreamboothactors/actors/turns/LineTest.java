package org.dreamboothactors.actors.turns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import org.dreamboothactors.protocol.Topics;
import org.dreamboothactors.protocol.v1.CachedLatent;
import org.dreamboothactors.protocol.v1.CheckpointVerified;
import org.dreamboothactors.protocol.v1.ClassImagesReady;
import org.dreamboothactors.protocol.v1.EraseRequested;
import org.dreamboothactors.protocol.v1.LatentsCached;
import org.dreamboothactors.protocol.v1.PhotoJudged;
import org.dreamboothactors.protocol.v1.Priority;
import org.dreamboothactors.protocol.v1.RunCancelled;
import org.dreamboothactors.protocol.v1.RunErased;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.protocol.v1.RunFailed;
import org.dreamboothactors.protocol.v1.RunReady;
import org.dreamboothactors.protocol.v1.RunRequested;
import org.dreamboothactors.protocol.v1.RunSpec;
import org.dreamboothactors.protocol.v1.Sample;
import org.dreamboothactors.protocol.v1.SamplesReady;
import org.dreamboothactors.protocol.v1.StepProgress;
import org.dreamboothactors.protocol.v1.StepsCommitted;
import org.dreamboothactors.protocol.v1.StoredObject;
import org.dreamboothactors.protocol.v1.SubjectUpload;
import org.dreamboothactors.protocol.v1.Training;
import org.dreamboothactors.protocol.v1.TrainingQueued;
import org.dreamboothactors.protocol.v1.TrainingStarted;
import org.dreamboothactors.protocol.v1.TrainingTaken;
import org.dreamboothactors.protocol.v1.TrainingYielded;
import org.dreamboothactors.protocol.v1.UploadedPhoto;
import org.dreamboothactors.protocol.v1.WorkFailed;
import org.dreamboothactors.protocol.v1.WorkRequested;
import org.junit.jupiter.api.Test;

class LineTest {
    private long now = 1_000;
    private final Line line = new Line(() -> Instant.ofEpochMilli(now));

    @Test
    void nobodyWaitsAtFirst() {
        assertThat(line.claim("a")).isEqualTo(Claim.NONE);
        assertThat(line.next()).isEmpty();
    }

    @Test
    void oneAfterTheOtherIsNextAsTrainersTakeThem() {
        List.of("a", "b").forEach(run -> queued("ann", run, Priority.NORMAL));

        assertThat(line.next()).contains("a");
        asked("a", 1);
        assertThat(line.next()).isEmpty();
        taken("a", 1);
        assertThat(line.next()).contains("b");
    }

    /** The history holds a fact as often as it was told, and a run that is open for ever would keep all others waiting. */
    @Test
    void whatIsToldAgainOfARunThatEndedOpensNone() {
        requested("ann", "a", Priority.NORMAL);
        work("a", Topics.REG_GENERATION, "images-0");
        tell(
                "a",
                event -> event.setClassImagesReady(ClassImagesReady.newBuilder().setRequestId("images-0")));
        tell("a", event -> event.setTrainingQueued(TrainingQueued.newBuilder().setAttempt(1)));
        ready("a");

        work("a", Topics.REG_GENERATION, "images-0");
        queued("ann", "a", Priority.HIGH);
        asked("a", 1);
        queued("bob", "b", Priority.NORMAL);

        assertThat(line.next()).contains("b");
        assertThat(line.claim("b")).isEqualTo(Claim.NONE);
        assertThat(line.census().runs()).containsOnly(entry("waiting", 1L), entry("ready", 1L));
        assertThat(line.census().oldest()).containsOnlyKeys(Topics.TRAIN_STEP);
    }

    @Test
    void turnsThatAreToldAgainBesideNewPicturesOfARunThatEndedOpenNone() {
        queued("ann", "a", Priority.NORMAL);
        ready("a");
        work("a", Topics.REG_GENERATION, "samples-1");

        tell("a", event -> event.setTrainingQueued(TrainingQueued.newBuilder().setAttempt(1)));
        asked("a", 1);
        queued("bob", "b", Priority.NORMAL);

        assertThat(line.next()).contains("b");
    }

    @Test
    void theTenantWithOneRunDoesNotWaitForAllOfAnotherTenants() {
        List.of("a0", "a1", "a2", "a3", "a4").forEach(run -> queued("ann", run, Priority.NORMAL));
        queued("bob", "b0", Priority.NORMAL);
        asked("a0", 1);
        taken("a0", 1);
        now += 60_000;

        assertThat(line.next()).contains("b0");
        ready("a0");
        assertThat(line.next()).contains("b0");
        asked("b0", 1);
        taken("b0", 1);
        now += 30_000;
        assertThat(line.next()).contains("a1");
    }

    @Test
    void aTenantsOldUseFades() {
        queued("ann", "a", Priority.NORMAL);
        asked("a", 1);
        taken("a", 1);
        now += 3_600_000; // one hour a week ago
        ready("a");
        now += 7L * 24 * 3_600_000;
        queued("bob", "b", Priority.NORMAL);
        asked("b", 1);
        taken("b", 1);
        now += 60_000; // counts for more than that
        ready("b");
        queued("bob", "b1", Priority.NORMAL);
        queued("ann", "a1", Priority.NORMAL);

        assertThat(line.next()).contains("a1");
    }

    @Test
    void aRunThatMadeWayWaitsBehindThoseThatWaitedBefore() {
        List.of("a", "b").forEach(run -> queued("ann", run, Priority.NORMAL));
        asked("a", 1);
        taken("a", 1);
        started("a", 1);
        assertThat(line.claim("a")).isEqualTo(Claim.AT_SLICE_END);
        yielded("a", 1);
        tell("a", event -> event.setTrainingQueued(TrainingQueued.newBuilder().setAttempt(2)));

        assertThat(line.next()).contains("b");
    }

    @Test
    void aRunOfHigherPriorityIsWantedForFromItsFirstWorkOnADevice() {
        queued("ann", "a", Priority.LOW);
        asked("a", 1);
        taken("a", 1);
        requested("bob", "b", Priority.HIGH);
        assertThat(line.claim("a")).isEqualTo(Claim.NONE);

        work("b", Topics.LATENT_CACHE, "l");
        assertThat(line.claim("a")).isEqualTo(Claim.NOW);
        yielded("a", 1);
        tell("a", event -> event.setTrainingQueued(TrainingQueued.newBuilder().setAttempt(2)));
        assertThat(line.next()).isEmpty();

        tell("b", event -> event.setLatentsCached(LatentsCached.newBuilder().setRequestId("l")));
        assertThat(line.next()).isEmpty();
        tell("b", event -> event.setTrainingQueued(TrainingQueued.newBuilder().setAttempt(1)));
        assertThat(line.next()).contains("b");
        asked("b", 1);
        taken("b", 1);
        assertThat(line.next()).contains("a");
    }

    @Test
    void latentsAndPicturesOfAStrongerRunGoFirstUntilTheyAreThere() {
        requested("ann", "low", Priority.LOW);
        requested("bob", "usual", Priority.NORMAL);
        work("low", Topics.REG_GENERATION, "c");
        work("usual", Topics.LATENT_CACHE, "l");
        assertThat(line.ahead("low", Topics.LATENT_CACHE)).hasSize(1);
        assertThat(line.ahead("low", Topics.REG_GENERATION)).isEmpty(); // it has no such record
        assertThat(line.ahead("usual", Topics.LATENT_CACHE)).isEmpty();
        assertThat(line.ahead("unknown", Topics.LATENT_CACHE)).isEmpty(); // an ended run's, which count as usual

        requested("eve", "high", Priority.HIGH);
        assertThat(line.ahead("usual", Topics.REG_GENERATION)).isEmpty(); // it asked for nothing yet
        work("high", Topics.REG_GENERATION, "c");
        List<String> first = line.ahead("usual", Topics.REG_GENERATION);
        assertThat(first).hasSize(1);
        work("high", Topics.LATENT_CACHE, "l");
        assertThat(line.ahead("usual", Topics.REG_GENERATION)).isEqualTo(first);
        work("high", Topics.REG_GENERATION, "d");
        assertThat(line.ahead("usual", Topics.REG_GENERATION)).hasSize(1).isNotEqualTo(first);
        assertThat(line.ahead("low", Topics.LATENT_CACHE)).hasSize(2);

        for (String request : List.of("c", "d")) {
            assertThat(line.ahead("usual", Topics.REG_GENERATION)).hasSize(1);
            tell(
                    "high",
                    event -> event.setClassImagesReady(
                            ClassImagesReady.newBuilder().setRequestId(request)));
        }
        assertThat(line.ahead("usual", Topics.REG_GENERATION)).isEmpty();
    }

    @Test
    void eachRequestForPicturesOfAnEndedRunGoesFirst() {
        requested("ann", "done", Priority.NORMAL);
        ready("done");
        requested("bob", "low", Priority.LOW);
        work("done", Topics.REG_GENERATION, "s1");
        List<String> first = line.ahead("low", Topics.REG_GENERATION);
        assertThat(first).hasSize(1);
        tell("done", event -> event.setSamplesReady(SamplesReady.newBuilder().setRequestId("s1")));
        assertThat(line.ahead("low", Topics.REG_GENERATION)).isEmpty();

        now += 1_000;
        work("done", Topics.REG_GENERATION, "s2");
        assertThat(line.ahead("low", Topics.REG_GENERATION)).hasSize(1).isNotEqualTo(first);
    }

    @Test
    void otherWorkWaitsUntilItIsAnsweredOrFails() {
        requested("ann", "b", Priority.NORMAL);
        work("b", Topics.LATENT_CACHE, "l");
        work("b", Topics.REG_GENERATION, "c");
        work("b", Topics.REG_GENERATION, "d");
        assertThat(line.claim("a")).isEqualTo(Claim.AT_SLICE_END);

        tell("b", event -> event.setLatentsCached(LatentsCached.newBuilder().setRequestId("l")));
        tell(
                "b",
                event -> event.setClassImagesReady(ClassImagesReady.newBuilder().setRequestId("c")));
        assertThat(line.claim("a")).isEqualTo(Claim.AT_SLICE_END);
        tell("b", event -> event.setWorkFailed(WorkFailed.newBuilder().setRequestId("d")));
        assertThat(line.claim("a")).isEqualTo(Claim.NONE);
    }

    @Test
    void picturesOfTheRunInTrainingAndOfOnesThatEndedWaitToo() {
        queued("ann", "a", Priority.NORMAL);
        asked("a", 1);
        taken("a", 1);
        for (String run : List.of("a", "ended")) {
            work(run, Topics.REG_GENERATION, "d");
            assertThat(line.claim("a")).isEqualTo(Claim.AT_SLICE_END);
            tell(run, event -> event.setSamplesReady(SamplesReady.newBuilder().setRequestId("d")));
            assertThat(line.claim("a")).isEqualTo(Claim.NONE);
        }
    }

    @Test
    void aRunThatEndedWantsNothing() {
        requested("ann", "b", Priority.NORMAL);
        work("b", Topics.LATENT_CACHE, "l");
        tell("b", event -> event.setFailed(RunFailed.getDefaultInstance()));
        tell("c", event -> event.setCancelled(RunCancelled.getDefaultInstance()));
        queued("ann", "c", Priority.NORMAL); // its cancellation was faster

        assertThat(line.claim("a")).isEqualTo(Claim.NONE);
        assertThat(line.next()).isEmpty();
    }

    @Test
    void whatIsToldTwiceOrLateChangesNothing() {
        List.of("a", "b").forEach(run -> queued("ann", run, Priority.NORMAL));
        asked("a", 1);
        taken("a", 1);
        yielded("a", 1);
        tell("a", event -> event.setTrainingQueued(TrainingQueued.newBuilder().setAttempt(2)));
        asked("b", 1);
        taken("b", 1);

        yielded("a", 1);
        started("a", 1);
        assertThat(line.next()).contains("a");
    }

    @Test
    void aTenantsWaitingRunsAreThoseThatWereThereBefore() {
        queued("ann", "a", Priority.NORMAL);
        requested("ann", "b", Priority.NORMAL);
        requested("bob", "c", Priority.NORMAL);
        requested("ann", "d", Priority.NORMAL);
        requested("ann", "e", Priority.NORMAL);

        assertThat(line.beside("d")).contains(new Usage("ann", 2, 0));
        asked("a", 1);
        taken("a", 1);
        assertThat(line.beside("d")).contains(new Usage("ann", 1, 0));
        tell("b", event -> event.setCancelled(RunCancelled.getDefaultInstance()));
        assertThat(line.beside("d")).contains(new Usage("ann", 0, 0));
        assertThat(line.beside("f")).isEmpty();
    }

    @Test
    void countsRunsByStateAndTellsHowLongWorkWaits() {
        List.of("a", "b", "c", "d").forEach(run -> queued("ann", run, Priority.NORMAL));
        asked("a", 1);
        taken("a", 1);
        work("b", Topics.REG_GENERATION, "d");
        ready("d");
        now += 5_000;

        Census census = line.census();
        assertThat(census.runs()).containsOnly(entry("training", 1L), entry("waiting", 2L), entry("ready", 1L));
        assertThat(census.oldest().get(Topics.REG_GENERATION))
                .isBetween(Duration.ofSeconds(5), Duration.ofMillis(5_010));
        assertThat(census.oldest().get(Topics.TRAIN_STEP)).isBetween(Duration.ofSeconds(5), Duration.ofMillis(5_020));
        assertThat(census.oldest()).doesNotContainKey(Topics.LATENT_CACHE);
    }

    private static CachedLatent latent(String key, long bytes) {
        return CachedLatent.newBuilder()
                .setMoments(StoredObject.newBuilder().setKey(key).setSizeBytes(bytes))
                .build();
    }

    @Test
    void countsWhatATenantHasInTheStoreOnce() {
        StoredObject photo = StoredObject.newBuilder()
                .setKey("uploads/ann/p")
                .setSizeBytes(10)
                .build();
        for (String run : List.of("a", "b")) {
            tell(
                    run,
                    event -> event.setRequested(RunRequested.newBuilder()
                            .setUpload(SubjectUpload.newBuilder()
                                    .setRunId(run)
                                    .setTenant("ann")
                                    .addPhotos(UploadedPhoto.newBuilder().setObject(photo)))));
        }
        tell("a", event -> event.setStepsCommitted(StepsCommitted.newBuilder().setStateBytes(300)));
        tell("a", event -> event.setStepsCommitted(StepsCommitted.newBuilder().setStateBytes(300)));
        for (int time = 0; time < 2; time++) {
            tell(
                    "a",
                    event -> event.setCheckpointVerified(CheckpointVerified.newBuilder()
                            .setPrefix("checkpoints/a/")
                            .addFiles(photo.toBuilder().setSizeBytes(5_000))));
        }
        for (String run :
                List.of("a", "b")) { // they share the latent of the photo, and nobody pays for the class image's
            tell(
                    run,
                    event -> event.setLatentsCached(LatentsCached.newBuilder()
                            .addLatents(latent("latents/tenant/ann/l.safetensors", 4))
                            .addLatents(latent("latents/class/l.safetensors", 1_000))));
        }
        tell(
                "a",
                event -> event.setPhotoJudged(PhotoJudged.newBuilder()
                        .setImage(photo.toBuilder().setKey("clean").setSizeBytes(3))));
        tell(
                "a",
                event -> event.setSamplesReady(SamplesReady.newBuilder()
                        .addSamples(Sample.newBuilder()
                                .setImage(photo.toBuilder().setKey("sample").setSizeBytes(2)))));
        assertThat(line.beside("b").map(Usage::storedBytes)).contains(5_619L);
        ready("a"); // two states are gone

        assertThat(line.beside("b").map(Usage::storedBytes)).contains(5_019L);
        work("a", Topics.REG_GENERATION, "later");
        tell(
                "a",
                event -> event.setSamplesReady(SamplesReady.newBuilder()
                        .setRequestId("later")
                        .addSamples(Sample.newBuilder()
                                .setImage(photo.toBuilder().setKey("later").setSizeBytes(1)))));
        assertThat(line.beside("b").map(Usage::storedBytes)).contains(5_020L);
        assertThat(new TenantLimits(0, Duration.ZERO, 5_020)
                        .complaint(line.beside("b").orElseThrow()))
                .hasValueSatisfying(reason -> assertThat(reason).contains("tenant-storage-gib"));
        assertThat(new TenantLimits(0, Duration.ZERO, 5_021)
                        .complaint(line.beside("b").orElseThrow()))
                .isEmpty();
    }

    @Test
    void theTimeThatTrainersHadARunAddsUp() {
        queued("ann", "a", Priority.NORMAL);
        asked("a", 1);
        taken("a", 1);
        now += 2_000;
        yielded("a", 1); // a millisecond later
        now += 10_000;
        tell("a", event -> event.setTrainingQueued(TrainingQueued.newBuilder().setAttempt(2)));
        asked("a", 2);
        taken("a", 2);
        now += 3_000;

        assertThat(line.trained("a")).isEqualTo(Duration.ofMillis(5_001));
    }

    @Test
    void theTimeThatANodeWasOffIsNobodysDeviceTime() {
        queued("ann", "a", Priority.NORMAL);
        asked("a", 1);
        taken("a", 1);
        started("a", 1);
        now += 2_000;
        tell("a", event -> event.setStepProgress(StepProgress.newBuilder().setStep(1)));
        now += Duration.ofHours(9).toMillis();
        assertThat(line.trained("a")).isBetween(Duration.ofMinutes(10), Duration.ofMinutes(11));

        taken("a", 1); // the node is back and begins with the record once more
        now += 3_000;

        assertThat(line.trained("a").minusMillis(3_000)).isBetween(Duration.ofMillis(2_000), Duration.ofMillis(2_010));
    }

    @Test
    void theTimeBeforeALostRecordIsTakenAgainIsNobodysDeviceTime() {
        queued("ann", "a", Priority.NORMAL);
        asked("a", 1);
        taken("a", 1);
        now += Duration.ofHours(5).toMillis();
        tell("a", event -> event.setSamplesReady(SamplesReady.newBuilder().setRequestId("pictures")));
        taken("a", 1);
        started("a", 1);
        now += 3_000;

        assertThat(line.trained("a")).isBetween(Duration.ofMillis(3_000), Duration.ofMillis(3_010));
    }

    /** Two that wait would otherwise count as devices that became free, because one demand had no time. */
    @Test
    void aStrongerRunThatIsTakenWhileItsPicturesAreStillAskedForWantsADeviceSinceItAsked() {
        queued("bob", "low", Priority.LOW);
        asked("low", 1);
        taken("low", 1);
        started("low", 1);
        queued("bob", "low-waiting-1", Priority.LOW);
        queued("bob", "low-waiting-2", Priority.LOW);
        queued("ann", "high", Priority.HIGH);
        work("high", Topics.REG_GENERATION, "picture");
        asked("high", 1);
        taken("high", 1);
        queued("ann", "high-waiting", Priority.HIGH);

        assertThat(line.claim("low")).isEqualTo(Claim.NOW);
    }

    @Test
    void knowsWhatIsStillToBeAnswered() {
        requested("ann", "a", Priority.NORMAL);
        work("a", Topics.REG_GENERATION, "class-images-0");
        assertThat(line.awaits("a", Topics.REG_GENERATION, "class-images-0")).isTrue();
        assertThat(line.awaits("a", Topics.TRAIN_STEP, "train-1")).isFalse();
        tell(
                "a",
                event -> event.setClassImagesReady(ClassImagesReady.newBuilder().setRequestId("class-images-0")));
        assertThat(line.awaits("a", Topics.REG_GENERATION, "class-images-0")).isFalse();

        tell("a", event -> event.setTrainingQueued(TrainingQueued.newBuilder().setAttempt(1)));
        asked("a", 1);
        assertThat(line.awaits("a", Topics.TRAIN_STEP, "train-1")).isTrue();
        taken("a", 1);
        assertThat(line.awaits("a", Topics.TRAIN_STEP, "train-1")).isTrue();
        assertThat(line.awaits("a", Topics.TRAIN_STEP, "train-2")).isFalse();
        yielded("a", 1);
        assertThat(line.awaits("a", Topics.TRAIN_STEP, "train-1")).isFalse();

        ready("a");
        assertThat(line.awaits("a", Topics.REG_GENERATION, "picture")).isFalse();
        work("a", Topics.REG_GENERATION, "picture");
        assertThat(line.awaits("a", Topics.REG_GENERATION, "picture")).isTrue();
    }

    @Test
    void othersMakeWayForARunWhoseTrainerIsGone() {
        queued("ann", "high", Priority.HIGH);
        asked("high", 1);
        taken("high", 1);
        started("high", 1);
        queued("bob", "low", Priority.LOW);
        asked("low", 1);
        taken("low", 1);
        started("low", 1);
        assertThat(line.claim("low")).isEqualTo(Claim.NONE);

        now += Duration.ofMinutes(11).toMillis();
        tell("low", event -> event.setStepProgress(StepProgress.newBuilder().setStep(1)));
        assertThat(line.claim("low")).isEqualTo(Claim.NOW);
        assertThat(line.claim("high"))
                .as("asked by its trainer, which is there after all")
                .isEqualTo(Claim.NONE);

        yielded("low", 1);
        tell("low", event -> event.setTrainingQueued(TrainingQueued.newBuilder().setAttempt(2)));
        assertThat(line.next()).contains("low"); // no device idles should the other go on somewhere
        asked("low", 2);
        assertThat(line.claim("low")).isNotEqualTo(Claim.NOW);
        taken("low", 2);
        started("low", 2);
        assertThat(line.claim("low")).as("once is enough").isEqualTo(Claim.NONE);
    }

    @Test
    void asManyMakeWayAsRunsWereLost() {
        for (String lost : List.of("h1", "h2")) {
            queued("ann", lost, Priority.HIGH);
            asked(lost, 1);
            taken(lost, 1);
            started(lost, 1);
        }
        now += Duration.ofMinutes(11).toMillis();
        for (String low : List.of("a", "b", "c")) {
            queued("bob", low, Priority.LOW);
            asked(low, 1);
            taken(low, 1);
            started(low, 1);
        }

        assertThat(List.of("a", "b", "c"))
                .filteredOn(low -> line.claim(low) == Claim.NOW)
                .containsExactly("b", "c");
        yielded("c", 1);
        assertThat(line.claim("b")).isEqualTo(Claim.NOW);
        yielded("b", 1);
        assertThat(line.claim("a")).isNotEqualTo(Claim.NOW);
    }

    @Test
    void aRunWhoseTrainerIsGoneProtectsNobody() {
        queued("ann", "gone", Priority.LOW);
        asked("gone", 1);
        taken("gone", 1);
        started("gone", 1);
        now += Duration.ofMinutes(11).toMillis();
        queued("ann", "low", Priority.LOW);
        asked("low", 1);
        taken("low", 1);
        started("low", 1);
        queued("bob", "high", Priority.HIGH);

        assertThat(line.claim("low")).isEqualTo(Claim.NOW);
    }

    @Test
    void aGangsTimeBeforeACrashCounts() {
        requestedOnDevices("ann", "a", 2);
        asked("a", 1);
        taken("a", 1);
        now += 60_000; // gathers
        started("a", 1);
        now += 2_000;
        tell("a", event -> event.setStepProgress(StepProgress.newBuilder().setStep(1)));
        taken("a", 1);
        now += 60_000;
        started("a", 1);
        now += 3_000;

        assertThat(line.trained("a")).isBetween(Duration.ofMillis(5_000), Duration.ofMillis(5_010));
    }

    @Test
    void aRunThatGotTooFewDevicesLetsOthersGoFirstForAWhile() {
        requestedOnDevices("ann", "a", 2);
        asked("a", 1);
        taken("a", 1);
        tell(
                "a",
                event -> event.setTrainingYielded(
                        TrainingYielded.newBuilder().setAttempt(1).setLacksDevices(true)));
        tell("a", event -> event.setTrainingQueued(TrainingQueued.newBuilder().setAttempt(2)));
        queued("bob", "b", Priority.LOW);

        assertThat(line.next()).contains("b");
        now += Duration.ofMinutes(6).toMillis();
        assertThat(line.next()).contains("a");
    }

    @Test
    void statesOfARunThatIsCancelledInTrainingDoNotCount() {
        queued("ann", "a", Priority.NORMAL);
        requested("ann", "b", Priority.NORMAL);
        asked("a", 1);
        taken("a", 1);
        tell("a", event -> event.setStepsCommitted(StepsCommitted.newBuilder().setStateBytes(100)));
        assertThat(line.beside("b").map(Usage::storedBytes)).contains(200L);

        tell("a", event -> event.setCancelled(RunCancelled.getDefaultInstance()));
        assertThat(line.beside("b").map(Usage::storedBytes)).contains(0L);
        tell("a", event -> event.setStepsCommitted(StepsCommitted.newBuilder().setStateBytes(100)));
        tell(
                "a",
                event -> event.setCheckpointVerified(CheckpointVerified.newBuilder()
                        .setPrefix("runs/a/checkpoints/5/")
                        .addFiles(StoredObject.newBuilder().setKey("unet").setSizeBytes(7))));
        assertThat(line.beside("b").map(Usage::storedBytes)).contains(7L); // it is there, however late it was told
    }

    @Test
    void aRunThatIsErasedIsAloneWithWhatNoOtherRunHas() {
        uploaded("ann", "a", "uploads/ann/1", "uploads/ann/2", "uploads/bob/1", "class-images/c/0.png");
        uploaded("ann", "b", "uploads/ann/2");
        ready("b");
        latents("a", "latents/tenant/ann/1", "latents/shared/1");
        assertThat(line.alone("a", 1)).isEmpty();

        erase("a");
        assertThat(line.alone("a", 1)).isEmpty(); // that it ended is not heard yet
        tell("a", event -> event.setCancelled(RunCancelled.getDefaultInstance()));

        assertThat(line.alone("a", 1)).contains(List.of("latents/tenant/ann/1", "uploads/ann/1"));
        assertThat(line.alone("a", 2)).isEmpty();
    }

    /** Else each would leave to the other what both have, and nobody would have it in the end. */
    @Test
    void twoRunsThatAreErasedTogetherLeaveNothing() {
        for (String run : List.of("a", "b")) {
            uploaded("ann", run, "uploads/ann/1");
            tell(run, event -> event.setCancelled(RunCancelled.getDefaultInstance()));
            erase(run);
        }

        assertThat(line.alone("a", 1)).contains(List.of("uploads/ann/1"));
        assertThat(line.alone("b", 1)).contains(List.of("uploads/ann/1"));
    }

    @Test
    void nothingGoesWhileAnotherRunOfThePhotosIsPrepared() {
        uploaded("ann", "a", "uploads/ann/1", "uploads/ann/2");
        tell("a", event -> event.setCancelled(RunCancelled.getDefaultInstance()));
        erase("a");
        latents("a", "latents/tenant/ann/1");
        uploaded("ann", "b", "uploads/ann/1");
        assertThat(line.alone("a", 2)).isEmpty();

        latents("b", "latents/tenant/ann/1"); // the very one
        tell("b", event -> event.setTrainingQueued(TrainingQueued.newBuilder().setAttempt(1)));
        assertThat(line.alone("a", 2)).contains(List.of("uploads/ann/2"));
    }

    @Test
    void whatWasErasedIsErasedOnceMoreWhenSomebodyAsksAgain() {
        uploaded("ann", "a", "uploads/ann/1");
        tell("a", event -> event.setCancelled(RunCancelled.getDefaultInstance()));
        erase("a");
        erase("a"); // not done yet
        assertThat(line.alone("a", 2)).isEmpty();

        tell("a", event -> event.setErased(RunErased.newBuilder().setRound(1)));
        erase("a");
        assertThat(line.alone("a", 2)).contains(List.of());
    }

    @Test
    void whatIsToldOfARunWhileItIsErasedIsErasedInTheNextRound() {
        uploaded("ann", "a", "uploads/ann/1");
        uploaded("ann", "b", "uploads/ann/2");
        tell("a", event -> event.setCancelled(RunCancelled.getDefaultInstance()));
        erase("a");
        latents("a", "latents/tenant/ann/late");
        tell("a", event -> event.setErased(RunErased.newBuilder().setRound(1)));

        assertThat(line.alone("a", 2)).contains(List.of("latents/tenant/ann/late"));
        assertThat(line.beside("b").map(Usage::storedBytes)).contains(3L);
        tell("a", event -> event.setErased(RunErased.newBuilder().setRound(2)));
        assertThat(line.alone("a", 2)).contains(List.of());
        assertThat(line.beside("b").map(Usage::storedBytes)).contains(1L);
    }

    private void erase(String run) {
        tell(run, event -> event.setEraseRequested(EraseRequested.getDefaultInstance()));
    }

    private void uploaded(String tenant, String run, String... keys) {
        SubjectUpload.Builder upload = SubjectUpload.newBuilder().setRunId(run).setTenant(tenant);
        for (String key : keys) {
            upload.addPhotos(UploadedPhoto.newBuilder()
                    .setObject(StoredObject.newBuilder().setKey(key).setSizeBytes(1)));
        }
        tell(run, event -> event.setRequested(RunRequested.newBuilder().setUpload(upload)));
    }

    private void latents(String run, String... keys) {
        LatentsCached.Builder cached = LatentsCached.newBuilder();
        for (String key : keys) {
            cached.addLatents(CachedLatent.newBuilder()
                    .setMoments(StoredObject.newBuilder().setKey(key).setSizeBytes(2)));
        }
        tell(run, event -> event.setLatentsCached(cached));
    }

    private void requestedOnDevices(String tenant, String run, int devices) {
        requested(
                tenant,
                run,
                RunSpec.newBuilder().setTraining(Training.newBuilder().setRanks(devices)));
        tell(run, event -> event.setTrainingQueued(TrainingQueued.newBuilder().setAttempt(1)));
    }

    private void queued(String tenant, String run, Priority priority) {
        requested(tenant, run, priority);
        tell(run, event -> event.setTrainingQueued(TrainingQueued.newBuilder().setAttempt(1)));
    }

    private void requested(String tenant, String run, Priority priority) {
        requested(tenant, run, RunSpec.newBuilder().setPriority(priority));
    }

    private void requested(String tenant, String run, RunSpec.Builder spec) {
        tell(
                run,
                event -> event.setRequested(RunRequested.newBuilder()
                        .setUpload(SubjectUpload.newBuilder()
                                .setRunId(run)
                                .setTenant(tenant)
                                .setSpec(spec))));
    }

    private void asked(String run, int attempt) {
        work(run, Topics.TRAIN_STEP, "train-" + attempt);
    }

    private void work(String run, String topic, String request) {
        tell(
                run,
                event -> event.setWorkRequested(
                        WorkRequested.newBuilder().setTopic(topic).addRequestIds(request)));
    }

    private void taken(String run, int attempt) {
        tell(run, event -> event.setTrainingTaken(TrainingTaken.newBuilder().setAttempt(attempt)));
    }

    private void started(String run, int attempt) {
        tell(run, event -> event.setTrainingStarted(TrainingStarted.newBuilder().setAttempt(attempt)));
    }

    private void yielded(String run, int attempt) {
        tell(run, event -> event.setTrainingYielded(TrainingYielded.newBuilder().setAttempt(attempt)));
    }

    private void ready(String run) {
        tell(run, event -> event.setReady(RunReady.getDefaultInstance()));
    }

    private void tell(String run, UnaryOperator<RunEvent.Builder> fact) {
        now++;
        line.hear(fact.apply(RunEvent.newBuilder().setRunId(run).setAtMs(now)).build());
    }
}
