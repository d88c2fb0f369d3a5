package org.dreamboothactors.diffusion;

import java.util.Optional;
import java.util.OptionalDouble;
import org.dreamboothactors.diffusion.lora.LoraSettings;
import org.dreamboothactors.diffusion.training.LearningRateSchedule;

/**
 * What a run does beyond plain DreamBooth.
 *
 * @param accumulation micro-batches an optimizer step, 1 or more; their gradients are averaged before clipping
 * @param schedule how the learning rates change over the run
 * @param snrGamma where the signal-to-noise ratio of a photo's timestep is above this, the photo counts less (Hang et al.
 *     2023); class pictures always count fully; empty: photos do too
 * @param noiseOffset how much of a value that is the same all over a channel is added to the noise, 0 or more; 0.1 in
 *     diffusers; lets the model learn pictures that are dark or bright as a whole
 * @param emaDecay checkpoints and pictures are made of weights averaged over the steps, which keep at most this share of
 *     their past, 0 to below 1; empty: of the weights as they are
 * @param lora adapters that learn in place of the weights; empty: the weights learn
 * @param compute how it computes
 */
public record Refinements(
        int accumulation,
        LearningRateSchedule schedule,
        OptionalDouble snrGamma,
        double noiseOffset,
        OptionalDouble emaDecay,
        Optional<LoraSettings> lora,
        Compute compute) {
    /** Nothing of it. */
    public static final Refinements NONE =
            new Refinements(1, new LearningRateSchedule.Constant(), OptionalDouble.empty(), 0, OptionalDouble.empty());

    /** Without adapters, in fp32. */
    public Refinements(
            int accumulation,
            LearningRateSchedule schedule,
            OptionalDouble snrGamma,
            double noiseOffset,
            OptionalDouble emaDecay) {
        this(accumulation, schedule, snrGamma, noiseOffset, emaDecay, Optional.empty(), Compute.PLAIN);
    }

    /** The same computed in {@code precision}. */
    public Refinements in(ComputePrecision precision) {
        return new Refinements(accumulation, schedule, snrGamma, noiseOffset, emaDecay, lora, compute.in(precision));
    }

    /** Refuses numbers that no run can mean. */
    public Refinements {
        TrainingConfig.require(accumulation >= 1, "accumulation", accumulation, "1 or more");
        double gamma = snrGamma.orElse(1);
        TrainingConfig.require(TrainingConfig.positive(gamma), "snrGamma", gamma, "a number above 0");
        TrainingConfig.require(
                noiseOffset >= 0 && Double.isFinite(noiseOffset), "noiseOffset", noiseOffset, "0 or more");
        double decay = emaDecay.orElse(0);
        TrainingConfig.require(decay >= 0 && decay < 1, "emaDecay", decay, "0 to below 1");
    }
}
