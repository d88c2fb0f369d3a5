package org.dreamboothactors.diffusion.schedulers;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Pseudo numerical methods (Liu et al. 2022) as {@code PNDMScheduler} of diffusers does them: linear multistep ("PLMS"),
 * begun with a repeated second step where {@code skip_prk_steps} is set, as Stable Diffusion sets it, and with three
 * Runge-Kutta steps of four passes each where it is not.
 */
public final class PndmSampler implements Sampler {
    private static final int PASSES_OF_RUNGE_KUTTA = 4;
    private static final int RUNGE_KUTTA_STEPS = 3;
    private static final int MULTISTEP_ORDER = 4;

    private final float[] alphas;
    private final double finalAlpha;
    private final int[] timesteps;
    private final int stride;
    private final int rungeKuttaPasses;
    private final Prediction prediction;
    /** Outputs of the last steps, newest last. */
    private final List<float[]> outputs = new ArrayList<>();
    /** The sample that the step under way began with. */
    private float[] start = new float[0];
    /** Weighted sum of the outputs of the Runge-Kutta step under way. */
    private float[] sum = new float[0];

    /** A sampler that takes {@code steps} steps in at least as many passes. */
    public PndmSampler(SchedulerSettings settings, int steps) {
        settings.refuseIfSet("rescale_betas_zero_snr");
        NoiseSchedule schedule = NoiseSchedule.of(settings);
        alphas = schedule.alphasCumprod();
        finalAlpha = settings.flag("set_alpha_to_one", false) ? 1 : alphas[0];
        stride = alphas.length / steps;
        prediction = settings.prediction();
        int[] falling = settings.spacing(Spacing.LEADING).timesteps(steps, alphas.length, settings.stepsOffset());
        schedule.requireReach(falling, prediction);
        if (settings.flag("skip_prk_steps", false)) {
            rungeKuttaPasses = 0;
            timesteps = IntStream.range(0, steps == 1 ? 1 : steps + 1)
                    .map(i -> falling[i < 2 ? i : i - 1]) // the second one twice
                    .toArray();
        } else {
            if (steps < MULTISTEP_ORDER) {
                throw new IllegalArgumentException("Cannot sample in " + steps + " steps: skip_prk_steps is false,"
                        + " expected " + MULTISTEP_ORDER + " or more. Take more steps or set skip_prk_steps.");
            }
            rungeKuttaPasses = RUNGE_KUTTA_STEPS * PASSES_OF_RUNGE_KUTTA;
            timesteps = IntStream.concat(
                            IntStream.range(0, rungeKuttaPasses).map(i -> rungeKuttaTimestep(falling, i)),
                            IntStream.of(falling).skip(RUNGE_KUTTA_STEPS))
                    .toArray();
        }
    }

    /** Each step asks about its place, twice about half way to the next, and about the next. */
    private int rungeKuttaTimestep(int[] falling, int pass) {
        int step = pass / PASSES_OF_RUNGE_KUTTA;
        return switch (pass % PASSES_OF_RUNGE_KUTTA) {
            case 0 -> falling[step];
            case PASSES_OF_RUNGE_KUTTA - 1 -> falling[step + 1];
            default -> falling[step + 1] + stride / 2;
        };
    }

    @Override
    public float[] timesteps() {
        return Timesteps.floats(timesteps);
    }

    @Override
    public float[] step(int index, float[] modelOutput, float[] sample, Supplier<float[]> noise) {
        return index < rungeKuttaPasses
                ? rungeKutta(index, modelOutput, sample)
                : multistep(index, modelOutput, sample);
    }

    private float[] rungeKutta(int index, float[] modelOutput, float[] sample) {
        int pass = index % PASSES_OF_RUNGE_KUTTA;
        int from = timesteps[index - pass];
        int to = timesteps[index] - (pass % 2 == 0 ? stride / 2 : 0);
        switch (pass) {
            case 0 -> {
                outputs.add(modelOutput);
                start = sample;
                sum = blend(1 / 6.0, modelOutput, 0, modelOutput);
            }
            case 1, 2 -> sum = blend(1, sum, 1 / 3.0, modelOutput);
            default -> {
                return move(start, from, to, blend(1, sum, 1 / 6.0, modelOutput));
            }
        }
        return move(start, from, to, modelOutput);
    }

    private float[] multistep(int index, float[] modelOutput, float[] sample) {
        if (rungeKuttaPasses == 0 && index == 1) { // the first step again, now knowing where it leads
            float[] middle = blend(0.5, modelOutput, 0.5, outputs.getLast());
            return move(start, timesteps[1] + stride, timesteps[1], middle);
        }
        start = sample;
        outputs.add(modelOutput);
        if (outputs.size() > MULTISTEP_ORDER) {
            outputs.removeFirst();
        }
        double[] weights = switch (outputs.size()) { // Adams-Bashforth, oldest first
            case 1 -> new double[] {1};
            case 2 -> new double[] {-1 / 2.0, 3 / 2.0};
            case 3 -> new double[] {5 / 12.0, -16 / 12.0, 23 / 12.0};
            default -> new double[] {-9 / 24.0, 37 / 24.0, -59 / 24.0, 55 / 24.0};
        };
        float[] output = new float[modelOutput.length];
        for (int i = 0; i < output.length; i++) {
            double value = 0;
            for (int k = 0; k < weights.length; k++) {
                value += weights[k] * outputs.get(k)[i];
            }
            output[i] = (float) value;
        }
        return move(sample, timesteps[index], timesteps[index] - stride, output);
    }

    /** Equation 9 of the paper. */
    private float[] move(float[] sample, int from, int to, float[] output) {
        double alpha = alphas[from];
        double alphaNext = to >= 0 ? alphas[to] : finalAlpha;
        float signal = (float) Math.sqrt(alpha);
        float dirt = (float) Math.sqrt(1 - alpha);
        double keep = Math.sqrt(alphaNext / alpha);
        double change =
                (alphaNext - alpha) / (alpha * Math.sqrt(1 - alphaNext) + Math.sqrt(alpha * (1 - alpha) * alphaNext));
        float[] next = new float[sample.length];
        for (int i = 0; i < next.length; i++) {
            next[i] = (float) (keep * sample[i] - change * prediction.noise(sample[i], output[i], signal, dirt));
        }
        return next;
    }

    private static float[] blend(double a, float[] x, double b, float[] y) {
        float[] out = new float[x.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = (float) (a * x[i] + b * y[i]);
        }
        return out;
    }
}
