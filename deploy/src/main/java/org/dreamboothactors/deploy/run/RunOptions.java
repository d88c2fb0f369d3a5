package org.dreamboothactors.deploy.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.dreamboothactors.deploy.UsageException;
import org.dreamboothactors.protocol.v1.RunSpec;
import org.dreamboothactors.protocol.v1.Sampling;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The flags that describe a run; a flag wins over YAML, YAML over the service's defaults. */
public final class RunOptions {
    private static final int USUAL_STEPS = 400;

    @Option(names = "--photos", paramLabel = "DIR", description = "folder with the subject's photos, 3 to 40")
    Optional<Path> photos = Optional.empty();

    @Option(
            names = "--run",
            paramLabel = "YAML",
            description = "describes the run with the keys of NeMo's DreamBooth; may be repeated, later files win")
    List<Path> files = List.of();

    @Parameters(
            paramLabel = "key=value",
            description = "overrides of YAML keys, e.g. model.data.resolution=512; flags win over them")
    List<String> overrides = List.of();

    @Option(names = "--class", paramLabel = "NOUN", description = "what the subject is, e.g. teapot")
    Optional<String> noun = Optional.empty();

    @Option(
            names = "--identifier",
            paramLabel = "WORD",
            defaultValue = "sks",
            description = "rare word that will mean the subject (${DEFAULT-VALUE})")
    String identifier = "sks";

    @Option(
            names = "--instance-prompt",
            paramLabel = "TEXT",
            description = "names the subject (\"a photo of a IDENTIFIER NOUN\")")
    Optional<String> instancePrompt = Optional.empty();

    @Option(
            names = "--class-prompt",
            paramLabel = "TEXT",
            description = "the same without the identifier (\"a photo of a NOUN\")")
    Optional<String> classPrompt = Optional.empty();

    @Option(names = "--steps", paramLabel = "N", description = "optimizer steps (" + USUAL_STEPS + ")")
    Optional<Integer> steps = Optional.empty();

    @Option(names = "--learning-rate", paramLabel = "X", description = "of the UNet (the service's)")
    Optional<Double> learningRate = Optional.empty();

    @Option(names = "--train-text-encoder", negatable = true, description = "train the text encoder as well (no)")
    Optional<Boolean> trainTextEncoder = Optional.empty();

    @Option(
            names = "--text-encoder-learning-rate",
            paramLabel = "X",
            description = "of the text encoder (that of the UNet)")
    Optional<Double> textEncoderLearningRate = Optional.empty();

    @Option(
            names = "--micro-batch",
            paramLabel = "N",
            description = "photos of one step; as many class images come on top (the service's)")
    Optional<Integer> microBatch = Optional.empty();

    @Option(
            names = "--prior",
            negatable = true,
            description = "train on class images too, so that the class is not forgotten (no)")
    Optional<Boolean> prior = Optional.empty();

    @Option(
            names = "--class-images",
            paramLabel = "N",
            description = "wanted number of class images; implies --prior (the service's)")
    Optional<Integer> classImages = Optional.empty();

    @Option(
            names = "--prior-weight",
            paramLabel = "X",
            description = "of the class half of the loss; implies --prior (the service's)")
    Optional<Double> priorWeight = Optional.empty();

    @Option(
            names = "--resolution",
            paramLabel = "PIXELS",
            description = "side of the square that photos are brought to (the base model's)")
    Optional<Integer> resolution = Optional.empty();

    @Option(
            names = "--center-crop",
            negatable = true,
            description = "crop photos at their centre instead of at random (no)")
    Optional<Boolean> centerCrop = Optional.empty();

    @Option(names = "--seed", paramLabel = "N", description = "of every random number of the run (0)")
    Optional<Long> seed = Optional.empty();

    @Option(
            names = "--base-model-name",
            paramLabel = "NAME",
            description = "name under which the service knows a base model (its default)")
    Optional<String> baseModelName = Optional.empty();

    @Option(
            names = "--checkpoint-every",
            paramLabel = "STEPS",
            description = "steps between published checkpoints; 0: only at the end (0)")
    Optional<Integer> checkpointEvery = Optional.empty();

    @Option(
            names = "--validation-prompt",
            paramLabel = "TEXT",
            description = "draw this while training; may be repeated, 16 at most (none)")
    List<String> validationPrompts = List.of();

    @Option(
            names = "--validate-every",
            paramLabel = "STEPS",
            description = "steps between validation pictures; 0: only at the end (0)")
    Optional<Integer> validateEvery = Optional.empty();

    @Option(
            names = "--sampler",
            paramLabel = "NAME",
            description = "of class images and validation pictures: ddim, ddpm or dpmpp_2m (the service's)")
    Optional<String> sampler = Optional.empty();

    @Option(
            names = "--sampling-steps",
            paramLabel = "N",
            description = "denoising steps of class images and validation pictures (the service's)")
    Optional<Integer> samplingSteps = Optional.empty();

    @Option(
            names = "--guidance",
            paramLabel = "X",
            description = "guidance scale of class images and validation pictures; 1: without (the service's)")
    Optional<Double> guidance = Optional.empty();

    /** Whether flags, files or overrides name the subject. */
    public boolean namesSubject() {
        return noun.isPresent()
                || instancePrompt.isPresent()
                || !RunYaml.read(files, overrides).spec().getInstancePrompt().isEmpty();
    }

    /** What the flags, files and overrides say together. */
    public RunDescription describe() {
        return describe(List.of());
    }

    /** The same, with files that say what is left open. */
    public RunDescription describe(List<Path> defaults) {
        List<Path> all = new ArrayList<>(defaults);
        all.addAll(files);
        RunDescription yaml = RunYaml.read(all, overrides);
        RunSpec.Builder spec = yaml.spec().toBuilder();
        noun.ifPresent(word -> spec.setInstancePrompt("a photo of a " + identifier + " " + word)
                .setClassPrompt("a photo of a " + word));
        instancePrompt.ifPresent(spec::setInstancePrompt);
        classPrompt.ifPresent(spec::setClassPrompt);
        resolution.ifPresent(spec::setResolution);
        centerCrop.ifPresent(spec::setCenterCrop);
        seed.ifPresent(spec::setSeed);
        baseModelName.ifPresent(spec::setBaseModel);
        training(spec);
        prior(spec);
        validation(spec);
        Sampling sampling = sampling(yaml.sampling());
        drawnWith(sampling, spec);
        return new RunDescription(
                photos.or(yaml::photos),
                checked(spec.build()),
                yaml.baseModel(),
                spec.hasPrior() ? yaml.classImages() : Optional.empty(),
                sampling,
                yaml.pictureSeed());
    }

    private void training(RunSpec.Builder spec) {
        var training = spec.getTrainingBuilder();
        steps.ifPresent(training::setMaxSteps);
        learningRate.ifPresent(training::setLearningRate);
        trainTextEncoder.ifPresent(training::setTrainTextEncoder);
        textEncoderLearningRate.ifPresent(training::setTextEncoderLearningRate);
        microBatch.ifPresent(training::setMicroBatchSize);
        checkpointEvery.ifPresent(training::setCheckpointEvery);
        if (training.getMaxSteps() == 0 && steps.isEmpty()) {
            training.setMaxSteps(USUAL_STEPS);
        }
    }

    private void prior(RunSpec.Builder spec) {
        if (!prior.orElse(true)) {
            spec.clearPrior();
            return;
        }
        if (prior.isPresent() || classImages.isPresent() || priorWeight.isPresent()) {
            spec.getPriorBuilder();
        }
        classImages.ifPresent(count -> spec.getPriorBuilder().setNumClassImages(count));
        priorWeight.ifPresent(weight -> spec.getPriorBuilder().setLossWeight(weight));
    }

    private void validation(RunSpec.Builder spec) {
        if (!validationPrompts.isEmpty()) {
            spec.getValidationBuilder().clearPrompts().addAllPrompts(validationPrompts);
        }
        validateEvery.ifPresent(every -> spec.getValidationBuilder().setEverySteps(every));
    }

    private Sampling sampling(Sampling start) {
        Sampling.Builder sampling = start.toBuilder();
        sampler.ifPresent(sampling::setSampler);
        samplingSteps.ifPresent(sampling::setInferenceSteps);
        guidance.ifPresent(sampling::setGuidanceScale);
        return sampling.build();
    }

    private static void drawnWith(Sampling sampling, RunSpec.Builder spec) {
        if (sampling.equals(Sampling.getDefaultInstance())) {
            return;
        }
        if (spec.hasPrior()) {
            spec.getPriorBuilder().setSampling(sampling);
        }
        if (spec.hasValidation()) {
            spec.getValidationBuilder().setSampling(sampling);
        }
    }

    private static RunSpec checked(RunSpec spec) {
        if (spec.getInstancePrompt().isEmpty()) {
            throw new UsageException(
                    "Cannot describe the run: no prompt names the subject, expected --class NOUN or --instance-prompt");
        }
        if (spec.getTraining().getMaxSteps() < 1) {
            throw new UsageException(
                    "Cannot describe the run: " + spec.getTraining().getMaxSteps() + " steps, expected 1 or more");
        }
        if (spec.hasPrior() && spec.getClassPrompt().isEmpty()) {
            throw new UsageException("Cannot describe the run: prior preservation without a class prompt,"
                    + " expected --class NOUN or --class-prompt");
        }
        if (spec.hasValidation() && spec.getValidation().getPromptsCount() == 0) {
            throw new UsageException("Cannot describe the run: validation every "
                    + spec.getValidation().getEverySteps() + " steps without a prompt, expected --validation-prompt");
        }
        return spec;
    }
}
