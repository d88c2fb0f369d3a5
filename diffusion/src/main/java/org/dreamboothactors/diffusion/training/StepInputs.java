package org.dreamboothactors.diffusion.training;

/**
 * Everything random or stored that a training step uses, samples one after the other: instances, then class samples.
 *
 * @param moments what the VAE said of each picture: means, then log-variances
 * @param posteriorNoise standard normal, half the size of the moments
 * @param noise standard normal, what the model has to find
 * @param timesteps one a sample
 */
@SuppressWarnings("ArrayRecordComponent") // tensors of one step, never compared
public record StepInputs(float[] moments, float[] posteriorNoise, float[] noise, int[] timesteps) {

    private static final float LEAST_LOG_VARIANCE = -30;
    private static final float LARGEST_LOG_VARIANCE = 20;

    /** Latents drawn from the moments, scaled as the UNet expects. */
    public float[] latents(double scalingFactor) {
        float[] latents = new float[posteriorNoise.length];
        int each = latents.length / timesteps.length;
        float scale = (float) scalingFactor;
        for (int b = 0; b < timesteps.length; b++) {
            for (int i = 0; i < each; i++) {
                float mean = moments[2 * b * each + i];
                float logVariance =
                        Math.clamp(moments[(2 * b + 1) * each + i], LEAST_LOG_VARIANCE, LARGEST_LOG_VARIANCE);
                float deviation = (float) StrictMath.exp(0.5f * logVariance);
                latents[b * each + i] = (mean + deviation * posteriorNoise[b * each + i]) * scale;
            }
        }
        return latents;
    }
}
