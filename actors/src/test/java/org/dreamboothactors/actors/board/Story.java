package org.dreamboothactors.actors.board;

import java.awt.image.BufferedImage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.dreamboothactors.protocol.Wire;
import org.dreamboothactors.protocol.v1.CachedLatent;
import org.dreamboothactors.protocol.v1.CheckpointPublished;
import org.dreamboothactors.protocol.v1.CheckpointVerified;
import org.dreamboothactors.protocol.v1.ClassImagesReady;
import org.dreamboothactors.protocol.v1.LatentsCached;
import org.dreamboothactors.protocol.v1.ModelJudged;
import org.dreamboothactors.protocol.v1.PhotoJudged;
import org.dreamboothactors.protocol.v1.PhotoVerdict;
import org.dreamboothactors.protocol.v1.PictureScores;
import org.dreamboothactors.protocol.v1.PriorPreservation;
import org.dreamboothactors.protocol.v1.RankProgress;
import org.dreamboothactors.protocol.v1.RunAccepted;
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
import org.dreamboothactors.protocol.v1.TrainingStarted;
import org.dreamboothactors.protocol.v1.UploadedPhoto;
import org.dreamboothactors.protocol.v1.Validation;
import org.dreamboothactors.protocol.v1.Verdict;
import org.dreamboothactors.protocol.v1.WorkRequested;
import org.dreamboothactors.storage.ArtifactStore;
import org.dreamboothactors.storage.Sha256;
import org.jspecify.annotations.Nullable;

/** Tells the life of one run as the service would, with pictures in the store. The same seed tells the same story. */
final class Story {
    private static final int SIDE = Paint.SIDE;
    private static final int GROUP = 4;

    private final String id;
    private final ArtifactStore store;
    private final Consumer<RunEvent> out;
    private final Random random;
    private final List<String> prompts = new ArrayList<>();
    private final List<BufferedImage> photos;
    private long atMs;
    private int events;

    /** @param photos of the subject; a drawn one where there is none */
    Story(String id, long seed, long beginMs, ArtifactStore store, List<BufferedImage> photos, Consumer<RunEvent> out) {
        this.id = id;
        this.store = store;
        this.out = out;
        this.random = new Random(seed);
        this.atMs = beginMs;
        this.photos = photos.isEmpty()
                ? List.of(Paint.subject(random), Paint.subject(random), Paint.subject(random))
                : photos;
    }

    Story requested(String tenant, String instancePrompt, String classPrompt, int steps, int classImages) {
        prompts.add(instancePrompt);
        prompts.add(instancePrompt.replace("a photo of", "an oil painting of"));
        prompts.add(instancePrompt + " on a beach at sunset");
        RunSpec spec = RunSpec.newBuilder()
                .setBaseModel("toyworld-64")
                .setInstancePrompt(instancePrompt)
                .setClassPrompt(classPrompt)
                .setSeed(-7) // unsigned: 18446744073709551609
                .setResolution(SIDE)
                .setTraining(Training.newBuilder()
                        .setMaxSteps(steps)
                        .setLearningRate(2e-4)
                        .setTrainTextEncoder(true)
                        .setMicroBatchSize(1))
                .setPrior(PriorPreservation.newBuilder().setLossWeight(0.5).setNumClassImages(classImages))
                .setValidation(Validation.newBuilder().addAllPrompts(prompts).setEverySteps(100))
                .build();
        SubjectUpload.Builder upload = SubjectUpload.newBuilder()
                .setRunId(id)
                .setTenant(tenant)
                .setSpec(spec)
                .setRequestedAtMs(atMs);
        IntStream.range(0, photos.size() + 2)
                .forEach(i -> upload.addPhotos(UploadedPhoto.newBuilder().setName("IMG_" + (4130 + i) + ".jpg")));
        tell("requested", event -> event.setRequested(RunRequested.newBuilder().setUpload(upload)));
        RunAccepted.Builder accepted = RunAccepted.newBuilder().setSpec(spec);
        for (int i = 0; i < photos.size(); i++) {
            StoredObject clean = put("photos/" + id + "/" + i, photos.get(i));
            accepted.addImages(clean);
            judge(i, PhotoVerdict.ACCEPTED, "", clean);
        }
        judge(photos.size(), PhotoVerdict.UNDECODABLE, "the JPEG data ends after 1,204 of 88,213 bytes", null);
        judge(photos.size() + 1, PhotoVerdict.DUPLICATE, "the same pixels as photo 1", null);
        tell("accepted", event -> event.setAccepted(accepted));
        return this;
    }

    Story prepared(int classImages) {
        int groups = classImages / GROUP;
        tell(
                "work-1",
                event -> event.setWorkRequested(WorkRequested.newBuilder()
                        .setTopic("reg-generation")
                        .addAllRequestIds(IntStream.range(0, groups)
                                .mapToObj(i -> "class-" + i)
                                .toList())));
        latents("latents-photos", photos.size());
        for (int group = 0; group < groups; group++) {
            int index = group;
            ClassImagesReady.Builder ready = ClassImagesReady.newBuilder().setGroupIndex(index);
            for (int i = 0; i < GROUP; i++) {
                ready.addImages(put("class-images/" + id + "/" + index + "/" + i, Paint.subject(random)));
            }
            tell("class-" + index, event -> event.setClassImagesReady(ready.setMade(GROUP)));
            latents("latents-class-" + index, GROUP);
        }
        return this;
    }

    Story trainsOn(int attempt, long fromStep, boolean changed) {
        return tell(
                "started-" + attempt + "-" + fromStep,
                event -> event.setTrainingStarted(TrainingStarted.newBuilder()
                        .setAttempt(attempt)
                        .setFromStep(fromStep)
                        .setDevice("cpu:0")
                        .setEnvironment("avx2, 2 threads, libtorch 2.7.1, fp32")
                        .setEnvironmentChanged(changed)));
    }

    Story steps(int attempt, long from, long to) {
        for (long step = from + 1; step <= to; step++) {
            step(attempt, step);
            if (step % 50 == 0) {
                committed(attempt, step);
            }
            if (step % 100 == 0) {
                drawn(step, Math.min(1, step / 400.0));
            }
        }
        return this;
    }

    void step(int attempt, long step) {
        double falling = 0.08 + 0.16 * Math.exp(-step / 120.0);
        double instance = falling * Math.exp(0.5 * random.nextGaussian());
        double prior = 0.11 * Math.exp(0.45 * random.nextGaussian());
        atMs += 450;
        tell(
                "",
                event -> event.setStepProgress(StepProgress.newBuilder()
                        .setAttempt(attempt)
                        .setStep(step)
                        .setLoss(instance + 0.5 * prior)
                        .setInstanceLoss(instance)
                        .setPriorLoss(prior)
                        .setGradNorm(0.4 + 3 * Math.exp(-step / 60.0) + 0.2 * random.nextDouble())
                        .setSecondsPerStep(0.45)
                        .addRanks(rank("cpu:0", 0.012 + 0.01 * random.nextDouble()))
                        .addRanks(rank("cpu:1", 0.064 + 0.01 * random.nextDouble()))));
    }

    private static RankProgress rank(String device, double waitSeconds) {
        return RankProgress.newBuilder()
                .setDevice(device)
                .setStepSeconds(0.45)
                .setAllReduceWaitSeconds(waitSeconds)
                .setSummedBytes(3_438_000_000L)
                .setPeakMemoryBytes(9_700_000_000L)
                .build();
    }

    Story committed(int attempt, long step) {
        return tell(
                "commit-" + step + "-" + attempt,
                event -> event.setStepsCommitted(StepsCommitted.newBuilder()
                        .setAttempt(attempt)
                        .setStep(step)
                        .setLogIndex(step / 50)
                        .setCommitSeconds(0.8)));
    }

    /** @param likeness how much of the subject the pictures show, 0 to 1 */
    Story drawn(long step, double likeness) {
        SamplesReady.Builder ready = SamplesReady.newBuilder().setStep(step);
        for (int i = 0; i < prompts.size(); i++) {
            BufferedImage picture = Paint.blend(photos.get(i % photos.size()), likeness, new Random(i));
            ready.addSamples(Sample.newBuilder()
                    .setPrompt(prompts.get(i))
                    .setSeed(i + 1)
                    .setImage(put("samples/" + id + "/" + step + "/" + i, picture)));
        }
        tell("samples-" + step, event -> event.setSamplesReady(ready));
        return tell(
                "judged-" + step,
                event -> event.setJudged(ModelJudged.newBuilder()
                        .setStep(step)
                        .setVerdict(Verdict.newBuilder()
                                .setBase(scores(0))
                                .setScores(scores(likeness))
                                .setGain(0.5 * likeness))));
    }

    private static PictureScores scores(double likeness) {
        return PictureScores.newBuilder()
                .setSubjectFidelity(0.3 + 0.6 * likeness)
                .setPromptFidelity(0.34 - 0.02 * likeness)
                .setClassLikeness(0.3 + 0.08 * likeness)
                .setDiversity(0.52 - 0.3 * likeness)
                .build();
    }

    Story checkpoint(long step, boolean last) {
        CheckpointVerified.Builder verified = CheckpointVerified.newBuilder()
                .setAttempt(1)
                .setStep(step)
                .setPrefix("runs/" + id + "/checkpoints/" + step + "/")
                .setWeightsSha256(Sha256.of(new byte[] {(byte) step}))
                .setLast(last);
        List<String> files = List.of(
                "model_index.json",
                "scheduler/scheduler_config.json",
                "text_encoder/config.json",
                "text_encoder/model.safetensors",
                "unet/config.json",
                "unet/diffusion_pytorch_model.safetensors",
                "vae/diffusion_pytorch_model.safetensors");
        for (String file : files) {
            verified.addFiles(StoredObject.newBuilder()
                    .setKey(verified.getPrefix() + file)
                    .setSizeBytes(file.endsWith("json") ? 612 : 9_300_000)
                    .setSha256(Sha256.of(file.getBytes(StandardCharsets.UTF_8))));
        }
        tell("verified-" + step, event -> event.setCheckpointVerified(verified));
        return tell(
                "published-" + step,
                event -> event.setCheckpointPublished(
                        CheckpointPublished.newBuilder().setStep(step)));
    }

    Story ready(long step) {
        return tell(
                "ready",
                event -> event.setReady(RunReady.newBuilder().setStep(step).setRecommendedStep(step)));
    }

    Story failed(String reason) {
        return tell("failed", event -> event.setFailed(RunFailed.newBuilder().setReason(reason)));
    }

    private void judge(int index, PhotoVerdict verdict, String reason, @Nullable StoredObject clean) {
        PhotoJudged.Builder photo = PhotoJudged.newBuilder()
                .setIndex(index)
                .setName("IMG_" + (4130 + index) + ".jpg")
                .setVerdict(verdict)
                .setReason(reason)
                .setWidth(1024)
                .setHeight(768);
        if (clean != null) {
            photo.setImage(clean);
        }
        tell("photo-" + index, event -> event.setPhotoJudged(photo));
    }

    private void latents(String request, int howMany) {
        LatentsCached.Builder latents =
                LatentsCached.newBuilder().setRequestId(request).setEncoded(howMany);
        IntStream.range(0, howMany).forEach(_ -> latents.addLatents(CachedLatent.getDefaultInstance()));
        tell(request, event -> event.setLatentsCached(latents));
    }

    private Story tell(String eventId, Consumer<RunEvent.Builder> fact) {
        atMs += 300;
        RunEvent.Builder event = RunEvent.newBuilder()
                .setRunId(id)
                .setEventId(eventId.isEmpty() ? "progress-" + events++ : eventId)
                .setAtMs(atMs);
        fact.accept(event);
        out.accept(event.build());
        return this;
    }

    private StoredObject put(String key, BufferedImage picture) {
        return Wire.message(store.put(key + ".png", Paint.png(picture)));
    }
}
