package org.dreamboothactors.diffusion.schedulers;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * DPM-Solver++, multistep, of order one to three (Lu et al. 2022, algorithm 2) as {@code DPMSolverMultistepScheduler} of
 * diffusers does it.
 *
 * <p>Keeps the last predictions of the clean sample. The first steps are of a lower order for want of predictions, the
 * last ones where diffusers says so, for stability.
 */
public final class DpmSolverMultistepSampler implements Sampler {
    /** Below this number of steps {@code lower_order_final} counts. */
    private static final int FEW_STEPS = 15;

    private static final int HIGHEST_ORDER = 3;
    private static final List<String> OTHER_SOLVERS = List.of("logrho", "bh1", "bh2");

    private enum SolverType {
        MIDPOINT,
        HEUN
    }

    private final NoiseLevels levels;
    private final Prediction prediction;
    private final SolverType solver;
    private final int order;
    private final boolean firstOrderLast;
    private final boolean easeOut;
    /** Predictions of the clean sample, newest first. */
    private final List<float[]> cleans = new ArrayList<>();

    /** A sampler for {@code steps} steps, over spread sigmas where {@code use_karras_sigmas} or its like is set. */
    public DpmSolverMultistepSampler(SchedulerSettings settings, int steps) {
        settings.refuseIfSet(
                "thresholding", "use_beta_sigmas", "use_lu_lambdas", "use_flow_sigmas", "use_dynamic_shifting");
        if (settings.finalSigma() == SchedulerSettings.FinalSigma.SIGMA_MIN) {
            settings.oneOf(
                    "algorithm_type", "dpmsolver++", "deis"); // the same to diffusers, which refuses deis elsewhere
        } else {
            settings.oneOf("algorithm_type", "dpmsolver++");
        }
        order = settings.json().path("solver_order").asInt(2);
        if (order < 1 || order > HIGHEST_ORDER) {
            throw SchedulerSettings.unsupported("solver_order", settings.json().path("solver_order"), "1, 2 or 3");
        }
        levels = NoiseLevels.ofSolver(settings, steps);
        prediction = settings.prediction();
        solver = solver(settings);
        easeOut = settings.flag("lower_order_final", true) && levels.timesteps().length < FEW_STEPS;
        firstOrderLast = easeOut
                || settings.flag("euler_at_final", false)
                || settings.finalSigma() == SchedulerSettings.FinalSigma.ZERO;
    }

    /** Those of other multistep solvers mean midpoint, as to diffusers. */
    private static SolverType solver(SchedulerSettings settings) {
        return OTHER_SOLVERS.contains(settings.json().path("solver_type").asText())
                ? SolverType.MIDPOINT
                : settings.choice(SolverType.class, "solver_type", SolverType.MIDPOINT);
    }

    @Override
    public float[] timesteps() {
        return levels.timesteps().clone();
    }

    @Override
    public float[] step(int index, float[] modelOutput, float[] sample, Supplier<float[]> noise) {
        cleans.addFirst(clean(index, modelOutput, sample));
        if (cleans.size() > order) {
            cleans.removeLast();
        }
        double keep = (double) levels.noiseShare(index + 1) / levels.noiseShare(index);
        double[] weights = weights(index);
        float[] next = new float[sample.length];
        for (int i = 0; i < next.length; i++) {
            double sum = keep * sample[i];
            for (int k = 0; k < weights.length; k++) {
                sum += weights[k] * cleans.get(k)[i];
            }
            next[i] = (float) sum;
        }
        return next;
    }

    private float[] clean(int index, float[] modelOutput, float[] sample) {
        float signal = levels.signalShare(index);
        float dirt = levels.noiseShare(index);
        float[] clean = new float[sample.length];
        for (int i = 0; i < clean.length; i++) {
            clean[i] = prediction.clean(sample[i], modelOutput[i], signal, dirt);
        }
        return clean;
    }

    private int orderOf(int index) {
        int fromEnd = levels.timesteps().length - 1 - index;
        int most = switch (fromEnd) {
            case 0 -> firstOrderLast ? 1 : order;
            case 1 -> easeOut ? 2 : order;
            default -> order;
        };
        return Math.min(most, cleans.size());
    }

    /**
     * What each prediction of the clean sample is multiplied by, newest first. The numbers of a step are fp32 as in
     * diffusers: with many steps the rounding of {@code exp(-h) - 1} is what two implementations differ by.
     */
    private double[] weights(int index) {
        float signal = levels.signalShare(index + 1);
        float h = lambda(index + 1) - lambda(index);
        float shrink = (float) Math.exp(-h) - 1; // -1 at the end, where h is infinite
        int used = orderOf(index);
        if (used == 1 || h == 0) { // no way to go, which divided by itself would be no number
            return new double[] {-signal * shrink};
        }
        float slope = signal * (shrink / h + 1);
        float ratio = (lambda(index) - lambda(index - 1)) / h;
        if (used == 2) {
            float first = solver == SolverType.HEUN ? slope / ratio : -0.5f * signal * shrink / ratio;
            return new double[] {first - signal * shrink, -first};
        }
        float ratioBefore = (lambda(index - 1) - lambda(index - 2)) / h;
        float bend = -signal * ((shrink + h) / (h * h) - 0.5f);
        // D1 and D2 of diffusers as shares of the differences m0 - m1 and m1 - m2
        float both = ratio + ratioBefore;
        double newer = (slope * (1 + ratio / both) + bend / both) / ratio;
        double older = -(slope * ratio / both + bend / both) / ratioBefore;
        return new double[] {newer - signal * shrink, older - newer, -older};
    }

    /** Logarithm of signal / noise. */
    private float lambda(int index) {
        return (float) Math.log(levels.signalShare(index)) - (float) Math.log(levels.noiseShare(index));
    }
}
