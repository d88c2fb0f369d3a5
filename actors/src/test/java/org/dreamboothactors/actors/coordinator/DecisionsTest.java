package org.dreamboothactors.actors.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.dreamboothactors.actors.coordinator.Runs.latents;
import static org.dreamboothactors.actors.coordinator.Runs.object;
import static org.dreamboothactors.actors.coordinator.Tale.RUN;

import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.dreamboothactors.protocol.Topics;
import org.dreamboothactors.protocol.v1.CachedLatent;
import org.dreamboothactors.protocol.v1.CheckpointVerified;
import org.dreamboothactors.protocol.v1.GenerationRequest;
import org.dreamboothactors.protocol.v1.LatentRequest;
import org.dreamboothactors.protocol.v1.PhotoVerdict;
import org.dreamboothactors.protocol.v1.PriorPreservation;
import org.dreamboothactors.protocol.v1.Priority;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.protocol.v1.RunSpec;
import org.dreamboothactors.protocol.v1.Sampling;
import org.dreamboothactors.protocol.v1.StoredObject;
import org.dreamboothactors.protocol.v1.SubjectUpload;
import org.dreamboothactors.protocol.v1.TrainRequest;
import org.dreamboothactors.protocol.v1.Training;
import org.dreamboothactors.protocol.v1.UploadedPhoto;
import org.dreamboothactors.protocol.v1.Validation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DecisionsTest {
    private static final Sampling DEFAULT_SAMPLING = Sampling.newBuilder()
            .setSampler("ddim")
            .setInferenceSteps(50)
            .setGuidanceScale(7.5)
            .setWidth(64)
            .setHeight(64)
            .build();

    @Test
    void fillsInEveryDefault() {
        RunSpec spec = Runs.withPrior(0).toBuilder()
                .setSeed(9)
                .setValidation(Validation.newBuilder().addPrompts("a zwx dog"))
                .build();

        assertThat(new Tale().requested(spec, 3).judged(3, 0).needs())
                .singleElement()
                .isInstanceOfSatisfying(Decision.Accept.class, accept -> {
                    assertThat(accept.accepted().getBaseModelDigest()).isEqualTo("d1");
                    assertThat(accept.accepted().getImagesList())
                            .containsExactly(Runs.object("clean0"), Runs.object("clean1"), Runs.object("clean2"));
                    assertThat(accept.accepted().getSpec())
                            .isEqualTo(spec.toBuilder()
                                    .setBaseModel(Runs.TOY)
                                    .setPriority(Priority.NORMAL)
                                    .setResolution(64)
                                    .setTraining(Training.newBuilder()
                                            .setMaxSteps(10)
                                            .setLearningRate(5e-6)
                                            .setTextEncoderLearningRate(5e-6)
                                            .setMicroBatchSize(1)
                                            .setAdamBeta1(0.9)
                                            .setAdamBeta2(0.999)
                                            .setAdamEpsilon(1e-8)
                                            .setAdamWeightDecay(1e-2)
                                            .setMaxGradNorm(1.0))
                                    .setPrior(PriorPreservation.newBuilder()
                                            .setLossWeight(0.5)
                                            .setNumClassImages(100)
                                            .setSampling(
                                                    DEFAULT_SAMPLING.toBuilder().setSampler("plms")))
                                    .setValidation(Validation.newBuilder()
                                            .addPrompts("a zwx dog")
                                            .setSampling(DEFAULT_SAMPLING))
                                    .build());
                });
    }

    @Test
    void trainsOnGivenLatentsWithoutDrawingOrEncoding() {
        SubjectUpload upload = Runs.upload(RUN, Runs.withPrior(100), 4).toBuilder()
                .addAllPhotoLatents(List.of(latents("l0"), latents("l1"), latents("l2"), latents("l3")))
                .addAllClassLatents(List.of(latents("c0"), latents("c1")))
                .build();
        Tale tale = new Tale().then(Runs.requested(upload)).judged(3, 1).decided();

        assertThat(tale.needs())
                .singleElement()
                .isInstanceOfSatisfying(
                        Decision.Encode.class,
                        encode -> assertThat(encode.requests())
                                .extracting(LatentRequest::getRequestId, LatentRequest::getGivenList)
                                .containsExactly(
                                        tuple("instance-latents", List.of(latents("l0"), latents("l1"), latents("l2"))),
                                        tuple("class-latents-given", List.of(latents("c0"), latents("c1")))));
        assertThat(tale.worked().decided().needs())
                .singleElement()
                .isInstanceOfSatisfying(Decision.Train.class, train -> {
                    assertThat(train.request().getInstanceLatentsCount()).isEqualTo(3);
                    assertThat(train.request().getClassLatentsList())
                            .extracting(CachedLatent::getImageSha256)
                            .containsExactly(
                                    latents("c0").getSha256(), latents("c1").getSha256());
                });
    }

    @Test
    void drawsWhatTheClientsOwnClassImagesLack() {
        SubjectUpload upload = Runs.upload(RUN, Runs.withPrior(5), 3).toBuilder()
                .addAllClassPhotos(Runs.upload(RUN, Runs.spec(), 3).getPhotosList())
                .build();
        Tale tale = new Tale().then(Runs.requested(upload)).judged(3, 0);
        assertThat(tale.needs()).containsExactly(new Decision.Judge(upload)); // class images, too, are judged first
        tale.then(ofClass(3, PhotoVerdict.ACCEPTED))
                .then(ofClass(4, PhotoVerdict.TOO_SMALL))
                .then(ofClass(5, PhotoVerdict.ACCEPTED))
                .decided();

        assertThat(tale.needs()).hasSize(2);
        assertThat(tale.needs().getFirst())
                .isInstanceOfSatisfying(
                        Decision.Encode.class,
                        encode -> assertThat(encode.requests())
                                .extracting(
                                        LatentRequest::getRequestId,
                                        LatentRequest::getScope,
                                        LatentRequest::getImagesCount)
                                .containsExactly(
                                        tuple("instance-latents", "tenant/ann", 3),
                                        tuple("class-latents-own-0", "tenant/ann", 2)));
        assertThat(tale.needs().getLast())
                .isInstanceOfSatisfying(
                        Decision.Draw.class, draw -> assertThat(draw.requests()).hasSize(1)); // 3 are missing
        assertThat(tale.worked().worked().decided().needs())
                .singleElement()
                .isInstanceOfSatisfying(
                        Decision.Train.class,
                        train -> assertThat(train.request().getClassLatentsList())
                                .extracting(CachedLatent::getImageSha256)
                                .containsExactly("sha-clean3", "sha-clean5", "sha-class0", "sha-class1", "sha-class2"));
    }

    @Test
    void encodesNeitherPhotosNorOwnClassImagesOfARunThatEncodesOnline() {
        RunSpec spec = Runs.withPrior(3).toBuilder().setEncodeOnline(true).build();
        SubjectUpload upload = Runs.upload(RUN, spec, 3).toBuilder()
                .addAllClassPhotos(Runs.upload(RUN, Runs.spec(), 2).getPhotosList())
                .build();
        Tale tale = new Tale()
                .then(Runs.requested(upload))
                .judged(3, 0)
                .then(ofClass(3, PhotoVerdict.ACCEPTED))
                .then(ofClass(4, PhotoVerdict.ACCEPTED))
                .decided();

        assertThat(requests(tale.needs())).containsExactly("class-images-0"); // 1 is missing
        TrainRequest request = training(tale.worked().worked().decided().needs());

        assertThat(request.getInstanceLatentsList()).isEmpty();
        assertThat(request.getImagesList()).containsExactly(object("clean0"), object("clean1"), object("clean2"));
        assertThat(request.getClassImagesList()).containsExactly(object("clean3"), object("clean4"));
        assertThat(request.getClassLatentsList())
                .extracting(CachedLatent::getImageSha256)
                .containsExactly("sha-class0");
    }

    @Test
    void trainsAtOnceOnPhotosThatAreEncodedOnline() {
        Tale tale = Tale.accepted(Runs.spec().toBuilder().setEncodeOnline(true).build());

        assertThat(tale.needs()).containsExactly(new Decision.Queue(1));
    }

    @Test
    void encodesOnceWhereTheCropIsTheSameInEachStep() {
        RunSpec spec = Runs.spec().toBuilder()
                .setEncodeOnline(true)
                .setCenterCrop(true)
                .build();

        assertThat(requests(Tale.accepted(spec).needs())).containsExactly("instance-latents");
    }

    @Test
    void refusesGivenLatentsOfPhotosThatAreToBeEncodedOnline() {
        RunSpec spec = Runs.spec().toBuilder().setEncodeOnline(true).build();

        assertThat(reasonOf(Runs.upload(RUN, spec, 3).toBuilder()
                        .addAllPhotoLatents(List.of(latents("l0"), latents("l1"), latents("l2")))
                        .build()))
                .contains("latents of 3 photos and encode_online");
    }

    @Test
    void classImagesWithFreshNoiseAreDrawnByTheSamplerThatHasIt() {
        RunSpec.Builder spec = Runs.withPrior(4).toBuilder();
        spec.getPriorBuilder().setSampling(Sampling.newBuilder().setEta(0.5));

        assertThat(resolved(spec.build()).getPrior().getSampling().getSampler()).isEqualTo("ddim");
    }

    private static RunSpec resolved(RunSpec spec) {
        List<Decision> needs = new Tale().requested(spec, 3).judged(3, 0).needs();
        assertThat(needs).singleElement().isInstanceOf(Decision.Accept.class);
        return ((Decision.Accept) needs.getFirst()).accepted().getSpec();
    }

    private static RunEvent ofClass(int index, PhotoVerdict verdict) {
        return Announcements.judged(
                RUN, Runs.verdict(index, verdict).toBuilder().setOfClass(true).build());
    }

    @Test
    void refusesClassImagesThatCannotBelongToTheUpload() {
        List<UploadedPhoto> own = Runs.upload(RUN, Runs.spec(), 1).getPhotosList();

        assertThat(reasonOf(Runs.upload(RUN, Runs.spec(), 2).toBuilder()
                        .addAllClassPhotos(own)
                        .build()))
                .contains("class images and no prior preservation");
        assertThat(reasonOf(Runs.upload(RUN, Runs.withPrior(4), 2).toBuilder()
                        .addAllClassPhotos(own)
                        .addClassLatents(latents("c0"))
                        .build()))
                .contains("1 class images and latents of 1 others");
        assertThat(new Tale()
                        .then(Runs.requested(Runs.upload(RUN, Runs.withPrior(4), 2).toBuilder()
                                .addAllClassPhotos(Collections.nCopies(1001, own.getFirst()))
                                .build()))
                        .needs())
                .singleElement()
                .isInstanceOfSatisfying(
                        Decision.Reject.class, // before any is looked at
                        refused -> assertThat(refused.reason()).contains("1001 class images", "at most 1000"));
    }

    @Test
    void refusesLatentsThatCannotBelongToTheUpload() {
        SubjectUpload upload = Runs.upload(RUN, Runs.spec(), 3);

        assertThat(reasonOf(upload.toBuilder().addPhotoLatents(latents("l0")).build()))
                .contains("latents of 1 photos and 3 photos");
        assertThat(reasonOf(upload.toBuilder().addClassLatents(latents("c0")).build()))
                .contains("no prior preservation");
        assertThat(reasonOf(Runs.upload(RUN, Runs.withPrior(4), 3).toBuilder()
                        .addAllClassLatents(Collections.nCopies(2001, latents("c")))
                        .build()))
                .contains("2001 latents of class images");
    }

    @Test
    void refusesLatentsWhoseNamesLeadElsewhere() {
        SubjectUpload upload = Runs.upload(RUN, Runs.withPrior(4), 3);

        assertThat(reasonOf(withClassLatents(upload, latents -> latents.setSha256("/models/toy/unet"))))
                .contains("have no SHA-256");
        assertThat(reasonOf(withClassLatents(upload, latents -> latents.setSha256("../" + "a".repeat(61)))))
                .contains("have no SHA-256");
        assertThat(reasonOf(withClassLatents(upload, latents -> latents.setKey("uploads/bob/latents"))))
                .contains("not one of the tenant's uploads");
        assertThat(reasonOf(withClassLatents(upload, latents -> latents.setKey("uploads/ann/../bob/x"))))
                .contains("not one of the tenant's uploads");
        assertThat(reasonOf(withClassLatents(upload, latents -> latents.setSizeBytes(-1))))
                .contains("are -1 bytes");
        assertThat(reasonOf(withClassLatents(upload, latents -> latents.setSizeBytes(1L << 62))))
                .contains("expected at most 67108864");
    }

    private static SubjectUpload withClassLatents(SubjectUpload upload, Consumer<StoredObject.Builder> change) {
        StoredObject.Builder latents = latents("c0").toBuilder();
        change.accept(latents);
        return upload.toBuilder().addClassLatents(latents).build();
    }

    private static String reasonOf(SubjectUpload upload) {
        return new Tale()
                .then(Runs.requested(upload)).judged(3, 0).needs().stream()
                        .map(decision -> decision instanceof Decision.Reject(String reason) ? reason : "" + decision)
                        .findFirst()
                        .orElseThrow();
    }

    @Test
    void namesTheLatentsOfAsManyClassImagesAsMayBeAskedForInOneRecord() {
        String digest = "d".repeat(64);
        CachedLatent latent = CachedLatent.newBuilder()
                .setImageSha256(digest)
                .setMoments(StoredObject.newBuilder()
                        .setKey("latents/class/" + digest + ".safetensors")
                        .setSizeBytes(1 << 20)
                        .setSha256(digest))
                .build();
        TrainRequest request = TrainRequest.newBuilder()
                .addAllClassLatents(Collections.nCopies(Specs.MOST_CLASS_IMAGES, latent))
                .build();

        assertThat(request.getSerializedSize()).isLessThan((1 << 20) - (64 << 10)); // the rest has room too
    }

    @Test
    void refusesFreshNoiseOfASamplerThatHasNone() {
        RunSpec.Builder spec = Runs.withPrior(4).toBuilder();
        spec.getPriorBuilder()
                .setSampling(Sampling.newBuilder().setSampler("pndm").setEta(0.5));

        assertThat(reasonOf(Runs.upload(RUN, spec.build(), 3))).contains("eta is 0.5 with sampler pndm");
        spec.getPriorBuilder().getSamplingBuilder().setSampler("ddim").setEta(1.5);
        assertThat(reasonOf(Runs.upload(RUN, spec.build(), 3))).contains("eta is 1.5, expected 0.0 to 1.0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "constant"})
    void acceptsTheWarmupOfDiffusersWithAConstantRateInAShorterRun(String schedule) {
        RunSpec.Builder spec = Runs.spec().toBuilder();
        spec.getTrainingBuilder().setLrSchedule(schedule).setLrWarmupSteps(500);

        assertThat(resolved(spec.build()).getTraining().getLrWarmupSteps()).isEqualTo(500);
    }

    @Test
    void letsNegativeWeightDecayMeanNone() {
        RunSpec.Builder spec = Runs.spec().toBuilder();
        spec.getTrainingBuilder().setAdamWeightDecay(-1);

        assertThat(resolved(spec.build()).getTraining().getAdamWeightDecay()).isZero();
    }

    static Stream<Arguments> slips() {
        return Stream.of(
                slip(
                        "max_steps is 0, expected 1 to 100000",
                        spec -> spec.getTrainingBuilder().setMaxSteps(0)),
                slip(
                        "accumulation is 65, expected 0 to 64",
                        spec -> spec.getTrainingBuilder().setAccumulation(65)),
                slip("snr_gamma is -1.0", spec -> spec.getTrainingBuilder().setSnrGamma(-1)),
                slip("noise_offset is NaN", spec -> spec.getTrainingBuilder().setNoiseOffset(Double.NaN)),
                slip("ema_decay is 1.0", spec -> spec.getTrainingBuilder().setEmaDecay(1)),
                slip(
                        "lr_schedule is cosine_with_restarts, expected one of constant",
                        spec -> spec.getTrainingBuilder().setLrSchedule("cosine_with_restarts")),
                slip("priority is 7, expected LOW, NORMAL or HIGH", spec -> spec.setPriorityValue(7)),
                slip(
                        "lr_warmup_steps is 11, expected 0 to 10",
                        spec -> spec.getTrainingBuilder()
                                .setLrSchedule("cosine")
                                .setLrWarmupSteps(11)),
                slip(
                        "learning_rate is 1.0E-7, expected more than 1.0E-7, where a polynomial schedule ends",
                        spec -> spec.getTrainingBuilder()
                                .setLrSchedule("polynomial")
                                .setLearningRate(1e-7)),
                slip("lr_power is -1.0", spec -> spec.getTrainingBuilder().setLrPower(-1)),
                slip("max_steps is 100001", spec -> spec.getTrainingBuilder().setMaxSteps(100_001)),
                slip(
                        "learning_rate is 1.5, expected more than 0 and at most 1.0",
                        spec -> spec.getTrainingBuilder().setLearningRate(1.5)),
                slip("learning_rate is NaN", spec -> spec.getTrainingBuilder().setLearningRate(Double.NaN)),
                slip(
                        "text_encoder_learning_rate is -1.0",
                        spec -> spec.getTrainingBuilder().setTextEncoderLearningRate(-1)),
                slip(
                        "micro_batch_size is 65, expected 1 to 64",
                        spec -> spec.getTrainingBuilder().setMicroBatchSize(65)),
                slip(
                        "adam_beta2 is 1.0, expected more than 0 and less than 1",
                        spec -> spec.getTrainingBuilder().setAdamBeta2(1)),
                slip("checkpoint_every is -1", spec -> spec.getTrainingBuilder().setCheckpointEvery(-1)),
                slip(
                        "resolution is 63 pixels, expected a multiple of 8 from 64 to 2048",
                        spec -> spec.setResolution(63)),
                slip("resolution is 2056 pixels", spec -> spec.setResolution(2056)),
                slip("instance_prompt is empty", spec -> spec.setInstancePrompt(" ")),
                slip(
                        "instance_prompt has 2001 characters, expected at most 2000",
                        spec -> spec.setInstancePrompt("x".repeat(2001))),
                slip("class_prompt is empty", RunSpec.Builder::clearClassPrompt),
                slip(
                        "num_class_images is 10001, expected 0 to 3000",
                        spec -> spec.getPriorBuilder().setNumClassImages(10_001)),
                slip("loss_weight is -0.5", spec -> spec.getPriorBuilder().setLossWeight(-0.5)),
                slip(
                        "Cannot use sampler heun",
                        spec -> spec.getPriorBuilder().getSamplingBuilder().setSampler("heun")),
                slip(
                        "prior.sampling.inference_steps is 1001",
                        spec -> spec.getPriorBuilder().getSamplingBuilder().setInferenceSteps(1001)),
                slip(
                        "the number of validation prompts is 17, expected 1 to 16",
                        spec -> spec.getValidationBuilder().addAllPrompts(Collections.nCopies(17, "a dog"))),
                slip("Cannot use base model sd9", spec -> spec.setBaseModel("sd9")));
    }

    private static Arguments slip(String sentence, Consumer<RunSpec.Builder> change) {
        RunSpec.Builder spec = Runs.withPrior(8).toBuilder();
        change.accept(spec);
        return Arguments.of(sentence, spec.build());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("slips")
    void rejectsASlipWithTheLimitBeforePhotosAreJudged(String sentence, RunSpec spec) {
        assertThat(new Tale().requested(spec, 3).needs())
                .singleElement()
                .isInstanceOfSatisfying(
                        Decision.Reject.class,
                        reject -> assertThat(reject.reason()).contains(sentence));
    }

    @Test
    void neverShowsAPromptInAReason() {
        RunSpec spec =
                Runs.spec().toBuilder().setInstancePrompt("secret".repeat(400)).build();

        assertThat(new Tale().requested(spec, 3).needs())
                .singleElement()
                .isInstanceOfSatisfying(
                        Decision.Reject.class,
                        reject -> assertThat(reject.reason()).doesNotContain("secret"));
    }

    @Test
    void rejectsWithTheCountWhenFewerThanThreePhotosAreGood() {
        assertThat(new Tale().requested(Runs.spec(), 5).judged(2, 3).needs())
                .containsExactly(new Decision.Reject("Cannot accept the run: 2 of 5 photos are usable,"
                        + " expected at least 3. Upload more photos of the subject"));
        assertThat(new Tale().requested(Runs.spec(), 0).needs()).singleElement().isInstanceOf(Decision.Reject.class);
    }

    @Test
    void waitsForTheVerdictOnEveryPhoto() {
        SubjectUpload upload = Runs.upload(RUN, Runs.spec(), 4);

        assertThat(new Tale().requested(Runs.spec(), 4).judged(3, 0).needs())
                .containsExactly(new Decision.Judge(upload));
    }

    @Test
    void asksForPhotosAndAllClassImagesAtOnce() {
        Tale tale = Tale.accepted(Runs.withPrior(10));

        List<Decision> needs = tale.needs();

        assertThat(requests(needs))
                .containsExactly("instance-latents", "class-images-0", "class-images-1", "class-images-2");
        assertThat(encodings(needs).getFirst().getScope()).isEqualTo("tenant/ann");
        assertThat(tale.decided().needs()).isEmpty();
    }

    @Test
    void usesExactlyAsManyClassImagesAsAreWanted() {
        Tale tale = Tale.accepted(Runs.withPrior(10)).worked();

        List<LatentRequest> latents = encodings(tale.needs());

        assertThat(latents.stream().map(LatentRequest::getImagesCount)).containsExactly(4, 4, 2);
        assertThat(latents).allMatch(request -> request.getScope().equals("class"));
        assertThat(latents.getLast().getImagesList()).containsExactly(Runs.object("class8"), Runs.object("class9"));
    }

    @Test
    void encodesAGroupAsSoonAsItIsReady() {
        Tale tale = Tale.accepted(Runs.withPrior(8));
        GenerationRequest second = drawings(tale.needs()).getLast();

        tale.decided().then(Runs.drawn(second));

        assertThat(requests(tale.needs())).containsExactly("class-latents-1");
    }

    @Test
    void asksForTheSameClassImagesAndLatentsWhateverTheSeed() {
        List<Tale> tales = Stream.of(1, 2)
                .map(seed -> Tale.accepted(
                        Runs.withPrior(8).toBuilder().setSeed(seed).build()))
                .toList();

        assertThat(drawings(tales.getFirst().needs()))
                .isEqualTo(drawings(tales.getLast().needs()));
        assertThat(encodings(tales.getFirst().worked().needs()))
                .isEqualTo(encodings(tales.getLast().worked().needs()));
    }

    @Test
    void trainsOnceAllLatentsAreThereInTheOrderOfTheImages() {
        Tale tale = Tale.accepted(Runs.withPrior(6)).worked().worked();

        assertThat(tale.needs()).containsExactly(new Decision.Queue(1));
        tale.decided();
        TrainRequest request = training(tale.needs());

        assertThat(request.getAttempt()).isEqualTo(1);
        assertThat(request.getInstanceLatentsList().stream().map(CachedLatent::getImageSha256))
                .containsExactly("sha-clean0", "sha-clean1", "sha-clean2");
        assertThat(request.getClassLatentsList().stream().map(CachedLatent::getImageSha256))
                .containsExactly("sha-class0", "sha-class1", "sha-class2", "sha-class3", "sha-class4", "sha-class5");
        assertThat(tale.decided().needs()).isEmpty();
    }

    @Test
    void trainsWithoutClassImagesWithoutPriorPreservation() {
        assertThat(training(Tale.accepted(Runs.spec()).worked().decided().needs())
                        .getClassLatentsList())
                .isEmpty();
    }

    @Test
    void goesOnWithTheNextAttemptAfterTheNewestGaveUpItsTurn() {
        Tale tale = Tale.training(Runs.spec()).then(Runs.yielded(RUN, 1, 4)).decided();

        TrainRequest second = training(tale.needs());

        assertThat(second.getAttempt()).isEqualTo(2);
        assertThat(second.getFromStep()).isEqualTo(4);
        assertThat(tale.decided().then(Runs.yielded(RUN, 1, 6)).needs()).isEmpty();
    }

    @Test
    void failsWithTheReasonOfWorkThatCannotSucceed() {
        assertThat(Tale.training(Runs.spec())
                        .then(Runs.workFailed(RUN, Topics.TRAIN_STEP, ""))
                        .needs())
                .containsExactly(new Decision.Fail("loss is NaN"));
    }

    @Test
    void publishesACheckpointOnceAndEndsWithTheLast() {
        Tale tale = Tale.training(Runs.spec()).then(Runs.verified(RUN, 1, 5, 10));
        CheckpointVerified fifth = Runs.verified(RUN, 1, 5, 10).getCheckpointVerified();

        assertThat(tale.needs()).containsExactly(new Decision.Publish(fifth));
        assertThat(tale.decided().needs()).isEmpty();
        assertThat(tale.state().end()).isEmpty();

        tale.then(Runs.verified(RUN, 1, 10, 10)).decided();
        assertThat(tale.state().end()).contains(new End.Ready(10));
    }

    @Test
    void drawsWhatClientsWantBeforeDuringAndAfterTheRun() {
        Tale tale = new Tale().requested(Runs.spec(), 3).then(Runs.drawRequested(RUN, "early", 0));
        assertThat(drawings(tale.needs())).isEmpty();

        tale.judged(3, 0).decided();
        assertThat(drawings(tale.needs())).singleElement().satisfies(request -> {
            assertThat(request.getRequestId()).isEqualTo("early");
            assertThat(request.getSamples().getSampling()).isEqualTo(DEFAULT_SAMPLING);
        });

        tale.worked().decided().then(Runs.verified(RUN, 1, 10, 10)).decided();
        tale.then(Runs.drawRequested(RUN, "late", 10));
        assertThat(requests(tale.needs())).containsExactly("late");
        assertThat(tale.decided().needs()).isEmpty();
    }

    @Test
    void refusesPicturesOfACheckpointThatIsNotPublished() {
        Tale tale = Tale.training(Runs.spec()).then(Runs.drawRequested(RUN, "d1", 7));

        assertThat(tale.needs())
                .singleElement()
                .isInstanceOfSatisfying(
                        Decision.RefuseDraw.class,
                        refused -> assertThat(refused.reason()).contains("no checkpoint of step 7"));
        assertThat(tale.decided().needs()).isEmpty();
        assertThat(tale.state().isOpen()).isTrue();
    }

    @Test
    void refusesPicturesOfARunThatWasCancelled() {
        assertThat(Tale.training(Runs.spec())
                        .then(Runs.cancelled(RUN))
                        .then(Runs.drawRequested(RUN, "d1", 0))
                        .needs())
                .containsExactly(new Decision.RefuseDraw("d1", "Cannot draw: the run was cancelled"));
    }

    @Test
    void goesOnWhenPicturesForAClientFail() {
        Tale tale = Tale.training(Runs.spec())
                .then(Runs.drawRequested(RUN, "d1", 0))
                .decided()
                .then(Runs.workFailed(RUN, Topics.REG_GENERATION, "d1"));

        assertThat(tale.state().failure()).isEmpty();
        assertThat(tale.needs()).isEmpty();
    }

    private static List<String> requests(List<Decision> decisions) {
        return Stream.concat(
                        encodings(decisions).stream().map(LatentRequest::getRequestId),
                        drawings(decisions).stream().map(GenerationRequest::getRequestId))
                .toList();
    }

    private static List<LatentRequest> encodings(List<Decision> decisions) {
        return decisions.stream()
                .flatMap(decision -> decision instanceof Decision.Encode(List<LatentRequest> requests)
                        ? requests.stream()
                        : Stream.empty())
                .toList();
    }

    private static List<GenerationRequest> drawings(List<Decision> decisions) {
        return decisions.stream()
                .flatMap(decision -> decision instanceof Decision.Draw(List<GenerationRequest> requests)
                        ? requests.stream()
                        : Stream.empty())
                .toList();
    }

    private static TrainRequest training(List<Decision> decisions) {
        return decisions.stream()
                .flatMap(decision ->
                        decision instanceof Decision.Train(TrainRequest request) ? Stream.of(request) : Stream.empty())
                .findFirst()
                .orElseThrow();
    }
}
