package org.dreamboothactors.deploy.run;

import java.util.List;
import java.util.Optional;
import org.dreamboothactors.deploy.UsageException;
import org.dreamboothactors.protocol.v1.RunSpec;
import org.dreamboothactors.protocol.v1.Training;
import picocli.CommandLine.Option;

/** How to train. */
final class TrainingOptions {
    private static final int USUAL_STEPS = 400;

    @Option(names = "--steps", paramLabel = "N", description = "optimizer steps (" + USUAL_STEPS + ")")
    Optional<Integer> steps = Optional.empty();

    @Option(names = "--learning-rate", paramLabel = "X", description = "of the UNet (5e-6; with --lora-rank 1e-4)")
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
            description = "photos of one step; as many class images come on top (1)")
    Optional<Integer> microBatch = Optional.empty();

    @Option(
            names = "--lora-rank",
            paramLabel = "N",
            description = "train adapters of this rank in place of the weights; written beside the merged model (off)")
    Optional<Integer> loraRank = Optional.empty();

    @Option(
            names = "--lora-alpha",
            paramLabel = "X",
            description = "multiplies adapters, over the rank; with LoRA only (the rank)")
    Optional<Double> loraAlpha = Optional.empty();

    @Option(
            names = "--lora-targets",
            paramLabel = "LAYER",
            split = ",",
            description = "ends of the names of the UNet's layers that get adapters, e.g. to_q,to_v,ff.net.2,conv1"
                    + "; with LoRA only (to_q,to_k,to_v,to_out.0)")
    List<String> loraTargets = List.of();

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

    @Option(
            names = "--cache-latents",
            negatable = true,
            description = "encode photos once; with --no-cache-latents they are encoded anew in each step, with another"
                    + " random crop each time (yes)")
    Optional<Boolean> cacheLatents = Optional.empty();

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

    /** Read with the YAML, so that what it says of adapters holds whoever asks for them. */
    Optional<String> override() {
        return loraRank.map(_ -> "model.peft.peft_scheme=sdlora");
    }

    boolean namesBaseModel() {
        return baseModelName.isPresent();
    }

    void apply(RunSpec.Builder spec) {
        resolution.ifPresent(spec::setResolution);
        centerCrop.ifPresent(spec::setCenterCrop);
        cacheLatents.ifPresent(cache -> spec.setEncodeOnline(!cache));
        seed.ifPresent(spec::setSeed);
        baseModelName.ifPresent(spec::setBaseModel);
        var training = spec.getTrainingBuilder();
        steps.ifPresent(count -> training.setMaxSteps(Limits.positive("--steps", count)));
        learningRate.ifPresent(rate -> training.setLearningRate(Limits.positive("--learning-rate", rate)));
        trainTextEncoder.ifPresent(training::setTrainTextEncoder);
        textEncoderLearningRate.ifPresent(
                rate -> training.setTextEncoderLearningRate(Limits.positive("--text-encoder-learning-rate", rate)));
        microBatch.ifPresent(size -> training.setMicroBatchSize(Limits.positive("--micro-batch", size)));
        lora(training);
        checkpointEvery.ifPresent(training::setCheckpointEvery);
        if (training.getMaxSteps() == 0) {
            training.setMaxSteps(USUAL_STEPS);
        }
    }

    private void lora(Training.Builder training) {
        loraRank.ifPresent(rank -> training.getLoraBuilder().setRank(Limits.positive("--lora-rank", rank)));
        if (!training.hasLora()) {
            if (loraAlpha.isPresent() || !loraTargets.isEmpty()) {
                throw new UsageException("Cannot describe the run: "
                        + (loraAlpha.isPresent() ? "--lora-alpha" : "--lora-targets")
                        + " without LoRA, expected --lora-rank N beside it or model.peft.peft_scheme=sdlora");
            }
            return;
        }
        loraAlpha.ifPresent(alpha -> training.getLoraBuilder().setAlpha(Limits.positive("--lora-alpha", alpha)));
        if (!loraTargets.isEmpty()) {
            training.getLoraBuilder().clearTargets().addAllTargets(loraTargets);
        }
    }
}
