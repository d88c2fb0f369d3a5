package org.dreamboothactors.diffusion.sampling;

import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import org.dreamboothactors.diffusion.schedulers.Sampler;

/** The guided denoising loop: from unit noise to latents. */
public final class Denoising {
    private Denoising() {}

    /**
     * Runs {@code sampler} to its end.
     *
     * @param latents unit noise
     * @param noise fresh noise of the latents' size for a pass through the model; only stochastic samplers ask
     * @param afterStep told how many passes through the model are over
     */
    public static float[] run(
            Sampler sampler,
            NoisePredictor model,
            float[] latents,
            double guidance,
            IntFunction<float[]> noise,
            IntConsumer afterStep) {
        float[] timesteps = sampler.timesteps();
        float[] sample = scaled(latents, (float) sampler.initialNoise());
        for (int i = 0; i < timesteps.length; i++) {
            int step = i;
            float[] output =
                    model.predict(sampler.modelInput(i, sample), timesteps[i]).combined(guidance);
            sample = sampler.step(i, output, sample, () -> noise.apply(step));
            afterStep.accept(i + 1);
        }
        return sample;
    }

    private static float[] scaled(float[] noise, float factor) {
        float[] scaled = new float[noise.length];
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] = factor * noise[i];
        }
        return scaled;
    }
}
