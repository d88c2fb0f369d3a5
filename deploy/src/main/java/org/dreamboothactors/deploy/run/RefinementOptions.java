package org.dreamboothactors.deploy.run;

import java.util.Optional;
import org.dreamboothactors.diffusion.training.LearningRateSchedule;
import org.dreamboothactors.protocol.v1.RunSpec;
import picocli.CommandLine.Option;

/** What goes beyond plain DreamBooth. */
final class RefinementOptions {
    @Option(
            names = "--accumulation",
            paramLabel = "N",
            description = "micro-batches of one step, their gradients averaged (1)")
    Optional<Integer> accumulation = Optional.empty();

    @Option(
            names = "--snr-gamma",
            paramLabel = "X",
            description = "min-SNR weighting of the photos' half of the loss; 5 is usual (off)")
    Optional<Double> snrGamma = Optional.empty();

    @Option(
            names = "--noise-offset",
            paramLabel = "X",
            description =
                    "of a channel's mean noise, for pictures darker and brighter than the mean; 0.1 is usual (off)")
    Optional<Double> noiseOffset = Optional.empty();

    @Option(
            names = "--ema-decay",
            paramLabel = "X",
            description =
                    "checkpoints hold weights averaged over the steps, with at most this decay, e.g. 0.9999 (off)")
    Optional<Double> emaDecay = Optional.empty();

    @Option(
            names = "--lr-schedule",
            paramLabel = "NAME",
            description = "constant, constant_with_warmup, linear, cosine, polynomial or WarmupHoldPolicy (constant)")
    Optional<String> schedule = Optional.empty();

    @Option(names = "--lr-warmup-steps", paramLabel = "N", description = "until the learning rates are reached (0)")
    Optional<Integer> warmupSteps = Optional.empty();

    @Option(names = "--lr-power", paramLabel = "X", description = "of the polynomial schedule (1: a line)")
    Optional<Double> power = Optional.empty();

    @Option(names = "--weight-decay", paramLabel = "X", description = "of AdamW; 0: none (0.01)")
    Optional<Double> weightDecay = Optional.empty();

    @Option(names = "--max-grad-norm", paramLabel = "X", description = "that gradients are clipped to (1)")
    Optional<Double> maxGradNorm = Optional.empty();

    void apply(RunSpec.Builder spec) {
        var training = spec.getTrainingBuilder();
        accumulation.ifPresent(parts -> training.setAccumulation(Limits.positive("--accumulation", parts)));
        snrGamma.ifPresent(gamma -> training.setSnrGamma(Limits.positive("--snr-gamma", gamma)));
        noiseOffset.ifPresent(offset -> training.setNoiseOffset(Limits.share("--noise-offset", offset)));
        emaDecay.ifPresent(decay -> training.setEmaDecay(Limits.share("--ema-decay", decay)));
        schedule.ifPresent(
                name -> training.setLrSchedule(Limits.oneOf("--lr-schedule", name, LearningRateSchedule.NAMES)));
        warmupSteps.ifPresent(steps -> training.setLrWarmupSteps(Limits.positive("--lr-warmup-steps", steps)));
        power.ifPresent(exponent -> training.setLrPower(Limits.positive("--lr-power", exponent)));
        // 0 means the default on the wire and none here
        weightDecay.ifPresent(
                decay -> training.setAdamWeightDecay(Limits.share("--weight-decay", decay) == 0 ? -1 : decay));
        maxGradNorm.ifPresent(norm -> training.setMaxGradNorm(Limits.positive("--max-grad-norm", norm)));
    }
}
