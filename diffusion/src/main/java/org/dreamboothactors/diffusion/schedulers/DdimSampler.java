package org.dreamboothactors.diffusion.schedulers;

import java.util.function.Supplier;

/** Denoising diffusion implicit models (Song et al. 2020), equation 12; eta 0 draws no noise, eta 1 is ancestral. */
public final class DdimSampler implements Sampler {
    private final float[] alphas;
    private final double finalAlpha;
    private final int[] timesteps;
    private final int stride;
    private final Prediction prediction;
    private final double clip;
    private final double eta;

    /** {@code eta} is the share of ancestral noise, 0 to 1. */
    public DdimSampler(SchedulerSettings settings, int steps, double eta) {
        if (!(eta >= 0 && eta <= 1)) {
            throw new IllegalArgumentException("Cannot sample with eta " + eta
                    + ": the number is out of range, expected 0 to 1. Choose 0 for no noise or 1 for all of it.");
        }
        settings.refuseIfSet("thresholding");
        NoiseSchedule schedule = NoiseSchedule.of(settings);
        alphas = schedule.alphasCumprod();
        finalAlpha = settings.flag("set_alpha_to_one", true) ? 1 : alphas[0];
        timesteps = settings.spacing(Spacing.LEADING).timesteps(steps, alphas.length, settings.stepsOffset());
        stride = alphas.length / steps;
        prediction = settings.prediction();
        schedule.requireReach(timesteps, prediction);
        clip = settings.clipRange();
        this.eta = eta;
    }

    @Override
    public float[] timesteps() {
        return Timesteps.floats(timesteps);
    }

    @Override
    public float[] step(int index, float[] modelOutput, float[] sample, Supplier<float[]> noise) {
        int next = timesteps[index] - stride;
        double alpha = alphas[timesteps[index]];
        double alphaNext = next >= 0 ? alphas[next] : finalAlpha;
        double variance = (1 - alphaNext) / (1 - alpha) * (1 - alpha / alphaNext);
        double spread = eta * Math.sqrt(variance);
        double direction = Math.sqrt(Math.max(0, 1 - alphaNext - spread * spread));
        float signal = (float) Math.sqrt(alpha);
        float dirt = (float) Math.sqrt(1 - alpha);
        float[] fresh = eta > 0 ? noise.get() : new float[sample.length];
        float[] out = new float[sample.length];
        for (int i = 0; i < out.length; i++) {
            double clean = Math.clamp(prediction.clean(sample[i], modelOutput[i], signal, dirt), -clip, clip);
            double epsilon = prediction.noise(sample[i], modelOutput[i], signal, dirt);
            out[i] = (float) (Math.sqrt(alphaNext) * clean + direction * epsilon + spread * fresh[i]);
        }
        return out;
    }
}
