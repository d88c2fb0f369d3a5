package org.dreamboothactors.diffusion.schedulers;

import java.util.function.Supplier;

/** Ancestral sampling (Ho et al. 2020, algorithm 2), variance "fixed_small" as {@code DDPMScheduler} of diffusers. */
public final class DdpmSampler implements Sampler {
    private static final double SMALLEST_VARIANCE = 1e-20;

    private final float[] alphas;
    private final int[] timesteps;
    private final Prediction prediction;
    private final double clip;

    public DdpmSampler(SchedulerSettings settings, int steps) {
        String variance = settings.json().path("variance_type").asText("fixed_small");
        if (!variance.equals("fixed_small") && !variance.equals("null")) {
            throw SchedulerSettings.unsupported("variance_type", settings.json().path("variance_type"), "fixed_small");
        }
        alphas = NoiseSchedule.of(settings).alphasCumprod();
        timesteps = settings.spacing(Spacing.LEADING).timesteps(steps, alphas.length, settings.stepsOffset());
        prediction = settings.prediction();
        clip = settings.clipRange();
    }

    @Override
    public int[] timesteps() {
        return timesteps.clone();
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
        double spread = Math.sqrt(Math.max(SMALLEST_VARIANCE, (1 - alphaNext) / (1 - alpha) * betaStep));
        float[] fresh = t > 0 ? noise.get() : new float[sample.length];
        double signal = Math.sqrt(alpha);
        double dirt = Math.sqrt(1 - alpha);
        float[] next = new float[sample.length];
        for (int i = 0; i < next.length; i++) {
            double clean = Math.clamp(prediction.clean(sample[i], modelOutput[i], signal, dirt), -clip, clip);
            next[i] = (float) (cleanShare * clean + sampleShare * sample[i] + spread * fresh[i]);
        }
        return next;
    }
}
