package org.dreamboothactors.diffusion.schedulers;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * DPM-Solver++ of order one or two, multistep (Lu et al. 2022, algorithm 2).
 *
 * <p>Keeps the last prediction of the clean sample; the first step, and the last where diffusers says so, are of order
 * one.
 */
public final class DpmSolverMultistepSampler implements Sampler {
    /** Below this number of steps the last one is of order one, for stability. */
    private static final int FEW_STEPS = 15;

    private enum SolverType {
        MIDPOINT,
        HEUN
    }

    private final int[] timesteps;
    private final float[] sigmas;
    private final Prediction prediction;
    private final SolverType solver;
    private final int order;
    private final int lastOfFullOrder;
    private float @Nullable [] previousClean;

    public DpmSolverMultistepSampler(SchedulerSettings settings, int steps) {
        String algorithm = settings.json().path("algorithm_type").asText("dpmsolver++");
        if (!algorithm.equals("dpmsolver++")) {
            throw SchedulerSettings.unsupported(
                    "algorithm_type", settings.json().path("algorithm_type"), "dpmsolver++");
        }
        order = settings.json().path("solver_order").asInt(2);
        if (order < 1 || order > 2) {
            throw SchedulerSettings.unsupported("solver_order", settings.json().path("solver_order"), "1 or 2");
        }
        float[] alphas = NoiseSchedule.of(settings).alphasCumprod();
        timesteps =
                settings.spacing(Spacing.LINSPACE).timestepsBeforeLast(steps, alphas.length, settings.stepsOffset());
        prediction = settings.prediction();
        solver = settings.choice(SolverType.class, "solver_type", SolverType.MIDPOINT);
        String last = settings.json().path("final_sigmas_type").asText("zero");
        sigmas = sigmas(alphas, timesteps, last);
        boolean easeOut = settings.flag("euler_at_final", false)
                || last.equals("zero")
                || (settings.flag("lower_order_final", true) && steps < FEW_STEPS);
        lastOfFullOrder = easeOut ? steps - 2 : steps - 1;
    }

    private static float[] sigmas(float[] alphas, int[] timesteps, String last) {
        float[] sigmas = new float[timesteps.length + 1];
        for (int i = 0; i < timesteps.length; i++) {
            sigmas[i] = sigma(alphas[timesteps[i]]);
        }
        sigmas[timesteps.length] = switch (last) {
            case "zero" -> 0;
            case "sigma_min" -> sigma(alphas[0]);
            default ->
                throw new UnsupportedOperationException("Cannot use scheduler setting final_sigmas_type: " + last
                        + " is not supported, expected zero or sigma_min. Choose another scheduler.");
        };
        return sigmas;
    }

    private static float sigma(float alpha) {
        return (float) Math.sqrt((1f - alpha) / (double) alpha);
    }

    @Override
    public int[] timesteps() {
        return timesteps.clone();
    }

    @Override
    public float[] step(int index, float[] modelOutput, float[] sample, Supplier<float[]> noise) {
        float[] clean = clean(index, modelOutput, sample);
        float[] before = previousClean;
        previousClean = clean;
        boolean full = order == 2 && before != null && index <= lastOfFullOrder;
        double h = lambda(index + 1) - lambda(index);
        double shrink = Math.expm1(-h); // exp(-h) - 1; -1 at the end, where h is infinite
        double keep = noiseShare(index + 1) / noiseShare(index);
        double signal = signalShare(index + 1);
        double slope = full ? slopeFactor(index, h, shrink, signal) : 0;
        float[] next = new float[sample.length];
        for (int i = 0; i < next.length; i++) {
            double change = full && before != null ? slope * (clean[i] - before[i]) : 0;
            next[i] = (float) (keep * sample[i] - signal * shrink * clean[i] + change);
        }
        return next;
    }

    private float[] clean(int index, float[] modelOutput, float[] sample) {
        float[] clean = new float[sample.length];
        for (int i = 0; i < clean.length; i++) {
            clean[i] = (float) prediction.clean(sample[i], modelOutput[i], signalShare(index), noiseShare(index));
        }
        return clean;
    }

    /** What the difference of the last two predictions is multiplied by. */
    private double slopeFactor(int index, double h, double shrink, double signal) {
        double ratio = (lambda(index) - lambda(index - 1)) / h;
        return switch (solver) {
            case MIDPOINT -> -0.5 * signal * shrink / ratio;
            case HEUN -> signal * (shrink / h + 1) / ratio;
        };
    }

    private double signalShare(int index) {
        return 1 / Math.sqrt((double) sigmas[index] * sigmas[index] + 1);
    }

    private double noiseShare(int index) {
        return sigmas[index] * signalShare(index);
    }

    /** Half the logarithm of the signal-to-noise ratio. */
    private double lambda(int index) {
        return -Math.log(sigmas[index]);
    }
}
