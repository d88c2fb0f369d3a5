package org.dreamboothactors.diffusion.schedulers;

import java.util.function.Supplier;

/**
 * Euler's method that goes below each noise level and puts fresh noise back, as {@code EulerAncestralDiscreteScheduler} of
 * diffusers does it (from k-diffusion's {@code sample_euler_ancestral}).
 *
 * <p>Samples are signal plus sigma times noise; the model sees them brought to variance 1. The last sigma is 0.
 */
public final class EulerAncestralSampler implements Sampler {
    private final NoiseLevels levels;
    private final Spacing spacing;
    private final Prediction prediction;

    /** A sampler for {@code steps} steps. */
    public EulerAncestralSampler(SchedulerSettings settings, int steps) {
        levels = NoiseLevels.ofEuler(settings, steps).endingClean();
        spacing = settings.spacing(Spacing.LINSPACE);
        prediction = settings.prediction();
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
        float from = levels.sigmas()[index];
        float to = levels.sigmas()[index + 1];
        float up = (float) Math.sqrt(to * to * (from * from - to * to) / (from * from));
        float down = (float) Math.sqrt(to * to - up * up);
        float[] next = levels.moved(index, sample, modelOutput, prediction, down);
        if (to > 0) {
            float[] fresh = noise.get();
            for (int i = 0; i < next.length; i++) {
                next[i] += up * fresh[i];
            }
        }
        return next;
    }
}
