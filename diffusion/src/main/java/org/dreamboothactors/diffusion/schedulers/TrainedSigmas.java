package org.dreamboothactors.diffusion.schedulers;

/**
 * The noise level (sigma = noise / signal) of each training timestep, and what lies between them. Arithmetic and
 * precision are those of diffusers, which mixes numpy's fp64 with tables in fp32.
 *
 * @param values rising
 */
@SuppressWarnings("ArrayRecordComponent") // a thousand numbers read in loops, never compared
record TrainedSigmas(float[] values) {
    /**
     * Where the schedule leaves no signal diffusers puts a share of 2^-24, so that sigma is finite: 4096 with the square
     * root of PyTorch, which is not that of IEEE 754 here.
     */
    private static final float SIGMA_WITHOUT_SIGNAL = 0x1p12f;

    private static final double RHO = 7; // Karras et al. 2022, equation 5
    private static final double LEAST_SIGMA = 1e-10;

    static TrainedSigmas of(SchedulerSettings settings) {
        float[] alphas = NoiseSchedule.of(settings).alphasCumprod();
        float[] sigmas = new float[alphas.length];
        for (int t = 0; t < sigmas.length; t++) {
            sigmas[t] = (float) Math.sqrt((1 - alphas[t]) / alphas[t]);
        }
        if (settings.zeroTerminalSnr()) {
            sigmas[sigmas.length - 1] = SIGMA_WITHOUT_SIGNAL;
        }
        return new TrainedSigmas(sigmas);
    }

    int count() {
        return values.length;
    }

    float least() {
        return values[0];
    }

    float most() {
        return values[values.length - 1];
    }

    /** How many timesteps, from the first, have at least this logarithm of signal / noise. */
    int withLogSignal(double least) {
        int count = values.length;
        while (count > 0 && -Math.log(values[count - 1]) < least) {
            count--;
        }
        return count;
    }

    /** Sigma at timesteps that need not be whole, on a line; beyond the table that of its end: {@code numpy.interp}. */
    double[] at(float[] timesteps) {
        double[] sigmas = new double[timesteps.length];
        for (int i = 0; i < sigmas.length; i++) {
            double t = Math.clamp(timesteps[i], 0, values.length - 1);
            int low = Math.min((int) t, values.length - 2);
            sigmas[i] = ((double) values[low + 1] - values[low]) * (t - low) + values[low];
        }
        return sigmas;
    }

    /** Levels from {@code most} to {@code least} that are closest where there is little noise (Karras et al. 2022). */
    static double[] karras(double most, double least, int steps) {
        double[] sigmas = new double[steps];
        double from = Math.pow(most, 1 / RHO);
        double to = Math.pow(least, 1 / RHO);
        for (int i = 0; i < steps; i++) {
            double share = i == 0 ? 0 : i == steps - 1 ? 1 : i * (1.0 / (steps - 1));
            sigmas[i] = Math.pow(from + share * (to - from), RHO);
        }
        return sigmas;
    }

    /** Levels from {@code most} to {@code least} whose logarithms lie on a line. */
    static double[] exponential(double most, double least, int steps) {
        double[] sigmas = new double[steps];
        double from = Math.log(most);
        double to = Math.log(least);
        for (int i = 0; i < steps; i++) {
            double log = i == 0 ? from : i == steps - 1 ? to : i * ((to - from) / (steps - 1)) + from;
            sigmas[i] = Math.exp(log);
        }
        return sigmas;
    }

    /** Timesteps of noise levels; between two training timesteps a line on the logarithm. */
    double[] timestepsOf(double[] sigmas) {
        float[] logs = new float[values.length];
        for (int t = 0; t < logs.length; t++) {
            logs[t] = (float) Math.log(values[t]);
        }
        double[] timesteps = new double[sigmas.length];
        for (int i = 0; i < timesteps.length; i++) {
            double wanted = Math.log(Math.max(sigmas[i], LEAST_SIGMA));
            int low = logs.length - 2;
            while (low > 0 && logs[low] > wanted) {
                low--;
            }
            double share = Math.clamp((logs[low] - wanted) / (logs[low] - logs[low + 1]), 0.0, 1.0);
            timesteps[i] = (1 - share) * low + share * (low + 1);
        }
        return timesteps;
    }
}
