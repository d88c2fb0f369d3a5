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
        double[] betas = switch (settings.betaSchedule()) {
            case SCALED_LINEAR ->
                squares(line(Math.sqrt(settings.betaStart()), Math.sqrt(settings.betaEnd()), settings.steps()));
            case LINEAR -> line(settings.betaStart(), settings.betaEnd(), settings.steps());
        };
        float[] cumulative = new float[betas.length];
        double product = 1;
        for (int t = 0; t < betas.length; t++) {
            product *= 1f - (float) betas[t];
            cumulative[t] = (float) product;
        }
        return new NoiseSchedule(cumulative);
    }

    private static double[] line(double from, double to, int count) {
        double[] values = new double[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (count == 1 ? from : from + (to - from) * i / (count - 1));
        }
        return values;
    }

    private static double[] squares(double[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (values[i] * values[i]);
        }
        return values;
    }

    /** Number of training timesteps. */
    public int steps() {
        return alphasCumprod.length;
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
