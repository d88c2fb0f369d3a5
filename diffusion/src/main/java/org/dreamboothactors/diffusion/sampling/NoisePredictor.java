package org.dreamboothactors.diffusion.sampling;

/** The model as the denoising loop sees it. */
@FunctionalInterface
public interface NoisePredictor {

    /**
     * What the model says about {@code latents} with the prompts, once with the negative prompts and once with the
     * wanted ones.
     *
     * @param latents samples one after the other
     * @param timestep of training, not always whole
     */
    Guided predict(float[] latents, float timestep);

    /**
     * Both answers, each of the latents' size.
     *
     * @param negative with the negative prompts
     * @param wanted with the wanted prompts
     */
    @SuppressWarnings("ArrayRecordComponent") // handed from the model to the loop, never compared
    record Guided(float[] negative, float[] wanted) {

        /** Classifier-free guidance (Ho and Salimans 2022). */
        float[] combined(double guidance) {
            float scale = (float) guidance;
            float[] out = new float[wanted.length];
            for (int i = 0; i < out.length; i++) {
                out[i] = negative[i] + scale * (wanted[i] - negative[i]);
            }
            return out;
        }
    }
}
