package org.dreamboothactors.diffusion.schedulers;

/**
 * How much of a picture is left after t of T steps of added noise (DDPM, Ho et al. 2020), kept in fp32 as diffusers does.
 *
 * @param alphasCumprod share of the signal's variance at each training timestep
 */
@SuppressWarnings("ArrayRecordComponent") // a thousand numbers read in inner loops; nobody compares two schedules
public record NoiseSchedule(float[] alphasCumprod) {

    /** The schedule that a scheduler configuration describes. */
    public static NoiseSchedule of(SchedulerSettings settings) {
        return new NoiseSchedule(Betas.cumulated(Betas.of(settings)));
    }

    /** Number of training timesteps. */
    public int steps() {
        return alphasCumprod.length;
    }

    /** Signal-to-noise ratio at a timestep: a / (1 - a); 0 where only noise is left. */
    public double snr(int timestep) {
        double a = alphasCumprod[timestep];
        return a / (1 - a);
    }

    /**
     * Throws {@link IllegalArgumentException} for timesteps the model was
     * not trained on, and {@link UnsupportedOperationException} where an epsilon model would have to find a picture in
     * noise only: it says nothing about the picture there.
     */
    void requireReach(int[] timesteps, Prediction prediction) {
        for (int t : timesteps) {
            if (t < 0 || t >= steps()) {
                throw new IllegalArgumentException("Cannot sample at timestep " + t + ": the model was trained on 0 to "
                        + (steps() - 1) + ". Lower steps_offset or take fewer steps.");
            }
            if (alphasCumprod[t] == 0 && prediction == Prediction.EPSILON) {
                throw new UnsupportedOperationException(
                        "Cannot use scheduler setting rescale_betas_zero_snr: true is not"
                                + " supported with prediction_type epsilon at timestep " + t
                                + ", expected v_prediction. Choose another timestep_spacing or model.");
            }
        }
    }

    /** x_t = sqrt(a) x_0 + sqrt(1 - a) noise, for samples laid one after the other, each with its own timestep. */
    public float[] addNoise(float[] samples, float[] noise, int[] timesteps) {
        return blend(samples, noise, timesteps, 1);
    }

    /** v = sqrt(a) noise - sqrt(1 - a) x_0 (Salimans and Ho 2022). */
    public float[] velocity(float[] samples, float[] noise, int[] timesteps) {
        return blend(noise, samples, timesteps, -1);
    }

    private float[] blend(float[] signal, float[] other, int[] timesteps, int sign) {
        int each = signal.length / timesteps.length;
        float[] out = new float[signal.length];
        for (int b = 0; b < timesteps.length; b++) {
            float a = alphasCumprod[timesteps[b]];
            float keep = (float) Math.sqrt(a);
            float add = sign * (float) Math.sqrt(1f - a);
            for (int i = b * each; i < (b + 1) * each; i++) {
                out[i] = keep * signal[i] + add * other[i];
            }
        }
        return out;
    }
}
