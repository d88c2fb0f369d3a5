package org.dreamboothactors.diffusion.schedulers;

/**
 * How much noise each training timestep adds, in fp32 with the roundings of PyTorch: near the end of a schedule without
 * signal small differences of large numbers count.
 */
final class Betas {
    private static final double LARGEST_OF_COSINE = 0.999;

    private Betas() {}

    static float[] of(SchedulerSettings settings) {
        float[] betas = settings.trainedBetas().orElseGet(() -> formula(settings));
        return settings.zeroTerminalSnr() ? withoutLastSignal(betas) : betas;
    }

    private static float[] formula(SchedulerSettings settings) {
        return switch (settings.betaSchedule()) {
            case LINEAR -> line(settings.betaStart(), settings.betaEnd(), settings.steps());
            case SCALED_LINEAR ->
                squares(line(Math.sqrt(settings.betaStart()), Math.sqrt(settings.betaEnd()), settings.steps()));
            case SQUAREDCOS_CAP_V2 -> cosine(settings.steps());
        };
    }

    /** Share of the signal's variance after each timestep. */
    static float[] cumulated(float[] betas) {
        float[] cumulative = new float[betas.length];
        double product = 1;
        for (int t = 0; t < betas.length; t++) {
            product *= 1f - betas[t];
            cumulative[t] = (float) product;
        }
        return cumulative;
    }

    /** {@code torch.linspace}: each half counted from its own end. */
    private static float[] line(double from, double to, int count) {
        float[] values = new float[count];
        float start = (float) from;
        float end = (float) to;
        float step = count == 1 ? 0 : (end - start) / (count - 1);
        for (int i = 0; i < count; i++) {
            values[i] = i < count / 2 || count == 1 ? Math.fma(step, i, start) : Math.fma(-step, count - i - 1, end);
        }
        return values;
    }

    private static float[] squares(float[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] *= values[i];
        }
        return values;
    }

    private static float[] cosine(int count) {
        float[] betas = new float[count];
        for (int i = 0; i < count; i++) {
            double ratio = cosineShare((i + 1.0) / count) / cosineShare((double) i / count);
            betas[i] = (float) Math.min(1 - ratio, LARGEST_OF_COSINE);
        }
        return betas;
    }

    private static double cosineShare(double time) {
        double cosine = Math.cos((time + 0.008) / 1.008 * Math.PI / 2);
        return cosine * cosine;
    }

    /** Shifts and scales the signal so that nothing is left of it at the end (Lin et al. 2023, algorithm 1). */
    private static float[] withoutLastSignal(float[] betas) {
        float[] signal = cumulated(betas);
        for (int t = 0; t < signal.length; t++) {
            signal[t] = (float) Math.sqrt(signal[t]);
        }
        float first = signal[0];
        float last = signal[signal.length - 1];
        float scale = first / (first - last);
        for (int t = 0; t < signal.length; t++) {
            signal[t] = (signal[t] - last) * scale;
        }
        float[] rescaled = new float[betas.length];
        for (int t = 0; t < rescaled.length; t++) {
            float share = signal[t] * signal[t];
            rescaled[t] = 1 - (t == 0 ? share : share / (signal[t - 1] * signal[t - 1]));
        }
        return rescaled;
    }
}
