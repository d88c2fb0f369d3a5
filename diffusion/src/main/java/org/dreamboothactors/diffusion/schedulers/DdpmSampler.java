package org.dreamboothactors.diffusion.schedulers;

import java.util.function.Supplier;

/** Ancestral sampling (Ho et al. 2020, algorithm 2) as {@code DDPMScheduler} of diffusers does it. */
public final class DdpmSampler implements Sampler {
    private static final double SMALLEST_VARIANCE = 1e-20;

    /** How much noise is put back. */
    private enum Variance {
        /** What is left of the step's noise when the clean sample is known (equation 7). */
        FIXED_SMALL,
        /** The same, computed by way of its logarithm. */
        FIXED_SMALL_LOG,
        /** The noise of the step. */
        FIXED_LARGE
    }

    private final float[] alphas;
    private final int[] timesteps;
    private final Prediction prediction;
    private final double clip;
    private final Variance variance;

    public DdpmSampler(SchedulerSettings settings, int steps) {
        settings.refuseIfSet("thresholding");
        variance = settings.choice(Variance.class, "variance_type", Variance.FIXED_SMALL);
        NoiseSchedule schedule = NoiseSchedule.of(settings);
        alphas = schedule.alphasCumprod();
        timesteps = settings.spacing(Spacing.LEADING).timesteps(steps, alphas.length, settings.stepsOffset());
        prediction = settings.prediction();
        schedule.requireReach(timesteps, prediction);
        clip = settings.clipRange();
    }

    @Override
    public float[] timesteps() {
        return Timesteps.floats(timesteps);
    }

    @Override
    public float[] step(int index, float[] modelOutput, float[] sample, Supplier<float[]> noise) {
        int t = timesteps[index];
        double alpha = alphas[t];
        double alphaNext = index + 1 < timesteps.length ? alphas[timesteps[index + 1]] : 1;
        double alphaStep = alpha / alphaNext;
        double betaStep = 1 - alphaStep;
        double cleanShare = Math.sqrt(alphaNext) * betaStep / (1 - alpha);
        double sampleShare = Math.sqrt(alphaStep) * (1 - alphaNext) / (1 - alpha);
        double spread = Math.sqrt(
                switch (variance) {
                    case FIXED_SMALL, FIXED_SMALL_LOG ->
                        Math.max(SMALLEST_VARIANCE, (1 - alphaNext) / (1 - alpha) * betaStep);
                    case FIXED_LARGE -> betaStep;
                });
        float[] fresh = t > 0 ? noise.get() : new float[sample.length];
        float signal = (float) Math.sqrt(alpha);
        float dirt = (float) Math.sqrt(1 - alpha);
        float[] next = new float[sample.length];
        for (int i = 0; i < next.length; i++) {
            double clean = Math.clamp(prediction.clean(sample[i], modelOutput[i], signal, dirt), -clip, clip);
            next[i] = (float) (cleanShare * clean + sampleShare * sample[i] + spread * fresh[i]);
        }
        return next;
    }
}
