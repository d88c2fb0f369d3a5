package org.dreamboothactors.deploy.run;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.dreamboothactors.deploy.UsageException;
import org.dreamboothactors.protocol.v1.RunSpec;
import org.dreamboothactors.protocol.v1.Sampling;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The flags that describe a run; a flag wins over YAML, YAML over the service's defaults. */
public final class RunOptions {
    @Option(names = "--photos", paramLabel = "DIR", description = "folder with the subject's photos, 3 to 40")
    Optional<Path> photos = Optional.empty();

    @Option(
            names = "--run",
            paramLabel = "YAML",
            description = "describes the run with the keys of NeMo's DreamBooth; may be repeated, later files win")
    List<Path> files = List.of();

    @Parameters(paramLabel = "key=value", description = "overrides of YAML keys, e.g. model.data.resolution=512")
    List<String> overrides = List.of();

    @Option(names = "--class", paramLabel = "NOUN", description = "what the subject is, e.g. teapot")
    Optional<String> noun = Optional.empty();

    @Option(
            names = "--identifier",
            defaultValue = "sks",
            description = "rare word that will mean the subject (${DEFAULT-VALUE})")
    String identifier = "sks";

    @Option(names = "--instance-prompt", description = "instead of \"a photo of a IDENTIFIER NOUN\"")
    Optional<String> instancePrompt = Optional.empty();

    @Option(names = "--class-prompt", description = "instead of \"a photo of a NOUN\"")
    Optional<String> classPrompt = Optional.empty();

    @Option(names = "--steps", description = "optimizer steps")
    Optional<Integer> steps = Optional.empty();

    @Option(names = "--learning-rate", description = "of the UNet")
    Optional<Double> learningRate = Optional.empty();

    @Option(names = "--train-text-encoder", negatable = true, description = "train the text encoder as well")
    Optional<Boolean> trainTextEncoder = Optional.empty();

    @Option(names = "--text-encoder-learning-rate", description = "of the text encoder; default: the UNet's")
    Optional<Double> textEncoderLearningRate = Optional.empty();

    @Option(names = "--micro-batch", description = "photos of one step; as many class images come on top")
    Optional<Integer> microBatch = Optional.empty();

    @Option(
            names = "--prior",
            negatable = true,
            description = "train on class images too, so that the class is not forgotten")
    Optional<Boolean> prior = Optional.empty();

    @Option(names = "--class-images", description = "wanted number of class images; implies --prior")
    Optional<Integer> classImages = Optional.empty();

    @Option(names = "--prior-weight", description = "of the class half of the loss; implies --prior")
    Optional<Double> priorWeight = Optional.empty();

    @Option(names = "--resolution", description = "pixels, side of the square; default: the base model's")
    Optional<Integer> resolution = Optional.empty();

    @Option(names = "--center-crop", negatable = true, description = "crop photos at their centre instead of at random")
    Optional<Boolean> centerCrop = Optional.empty();

    @Option(names = "--seed", description = "of every random number of the run")
    Optional<Long> seed = Optional.empty();

    @Option(names = "--base-model-name", description = "name under which the service knows a base model")
    Optional<String> baseModelName = Optional.empty();

    @Option(names = "--checkpoint-every", description = "steps between published checkpoints; 0: only at the end")
    Optional<Integer> checkpointEvery = Optional.empty();

    @Option(names = "--validate-every", description = "steps between validation pictures; 0: only at the end")
    Optional<Integer> validateEvery = Optional.empty();

    @Option(names = "--validation-prompt", description = "draw this while training; may be repeated")
    List<String> validationPrompts = List.of();

    @Option(names = "--class-image-steps", description = "denoising steps of class images")
    Optional<Integer> classImageSteps = Optional.empty();

    /** The noun if one was given. */
    public Optional<String> noun() {
        return noun;
    }

    /** What the flags, files and overrides say together; {@code start} holds what they may leave open. */
    public RunDescription describe(RunSpec start) {
        RunDescription yaml = RunYaml.read(files, overrides);
        RunSpec.Builder spec = start.toBuilder();
        if (!files.isEmpty() && !yaml.spec().hasPrior()) {
            spec.clearPrior(); // a YAML run says so itself when it wants class images
        }
        spec.mergeFrom(yaml.spec());
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
        if (!validationPrompts.isEmpty()) {
            spec.getValidationBuilder().clearPrompts().addAllPrompts(validationPrompts);
        }
        validateEvery.ifPresent(every -> spec.getValidationBuilder().setEverySteps(every));
        return new RunDescription(photos.or(yaml::photos), checked(spec.build()), yaml.baseModel(), yaml.classImages());
    }

    private void training(RunSpec.Builder spec) {
        var training = spec.getTrainingBuilder();
        steps.ifPresent(training::setMaxSteps);
        learningRate.ifPresent(training::setLearningRate);
        trainTextEncoder.ifPresent(training::setTrainTextEncoder);
        textEncoderLearningRate.ifPresent(training::setTextEncoderLearningRate);
        microBatch.ifPresent(training::setMicroBatchSize);
        checkpointEvery.ifPresent(training::setCheckpointEvery);
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
        classImageSteps.ifPresent(count -> {
            Sampling.Builder sampling = spec.getPriorBuilder().getSamplingBuilder();
            sampling.setInferenceSteps(count);
        });
    }

    private static RunSpec checked(RunSpec spec) {
        if (spec.getInstancePrompt().isEmpty()) {
            throw new UsageException(
                    "Cannot describe the run: no prompt names the subject, expected --class NOUN or --instance-prompt");
        }
        if (spec.getTraining().getMaxSteps() < 1) {
            throw new UsageException(
                    "Cannot describe the run: no number of steps, expected --steps or trainer.max_steps of 1 or more");
        }
        if (spec.hasPrior() && spec.getClassPrompt().isEmpty()) {
            throw new UsageException(
                    "Cannot describe the run: prior preservation without a class prompt, expected --class NOUN or --class-prompt");
        }
        return spec;
    }
}
