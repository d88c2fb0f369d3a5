package org.dreamboothactors.diffusion.training;

import org.dreamboothactors.diffusion.schedulers.Draws;
import org.dreamboothactors.diffusion.schedulers.Draws.Purpose;

/**
 * A value that is the same all over a channel, added to the noise of a sample: what {@code --offset_noise} of diffusers
 * does with a strength of 0.1.
 *
 * @param strength 0 or more; 0 adds nothing
 * @param pixels of one channel of a latent
 */
public record NoiseOffset(double strength, int pixels) {

    /** No offset. */
    public static final NoiseOffset NONE = new NoiseOffset(0, 1);

    /** Adds to one sample's noise, in place; the values are named by step and sample. */
    void addTo(float[] noise, Draws draws, long step, long sample) {
        if (strength == 0) {
            return;
        }
        float[] values = draws.gaussian(Purpose.NOISE_OFFSET, step, sample, noise.length / pixels);
        for (int i = 0; i < noise.length; i++) {
            noise[i] += (float) strength * values[i / pixels];
        }
    }
}
