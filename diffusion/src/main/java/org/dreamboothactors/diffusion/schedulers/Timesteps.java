package org.dreamboothactors.diffusion.schedulers;

/** Whole timesteps as samplers hand them out. */
final class Timesteps {
    private Timesteps() {}

    static float[] floats(int[] timesteps) {
        float[] floats = new float[timesteps.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = timesteps[i];
        }
        return floats;
    }
}
