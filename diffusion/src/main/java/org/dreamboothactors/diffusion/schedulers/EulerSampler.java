package org.dreamboothactors.diffusion.schedulers;

import java.util.function.Supplier;

/**
 * Euler's method (Karras et al. 2022, algorithm 2 without churn) as {@code EulerDiscreteScheduler} of diffusers does it.
 *
 * <p>Samples are signal plus sigma times noise; the model sees them brought to variance 1.
 */
public final class EulerSampler implements Sampler {
    private final NoiseLevels levels;
    private final Spacing spacing;
    private final Prediction prediction;

    /** A sampler for {@code steps} steps, over spread sigmas where {@code use_karras_sigmas} or its like is set. */
    public EulerSampler(SchedulerSettings settings, int steps) {
        settings.refuseIfSet("use_beta_sigmas");
        settings.oneOf("interpolation_type", "linear");
        prediction = settings.prediction();
        if (prediction == Prediction.EPSILON) {
            settings.oneOf("timestep_type", "discrete", "continuous"); // the same to diffusers
        } else {
            settings.oneOf("timestep_type", "discrete");
        }
        levels = NoiseLevels.ofSpreadEuler(settings, steps);
        spacing = settings.spacing(Spacing.LINSPACE);
    }

    @Override
    public float[] timesteps() {
        return levels.timesteps().clone();
    }

    @Override
    public double initialNoise() {
        return levels.initialNoise(spacing);
    }

    @Override
    public float[] modelInput(int index, float[] sample) {
        return levels.scaled(index, sample);
    }

    @Override
    public float[] step(int index, float[] modelOutput, float[] sample, Supplier<float[]> noise) {
        return levels.moved(index, sample, modelOutput, prediction, levels.sigmas()[index + 1]);
    }
}
