package org.dreamboothactors.diffusion.schedulers;

import java.util.Arrays;
import org.dreamboothactors.diffusion.schedulers.SchedulerSettings.BetaSchedule;

/**
 * Noise levels (sigma = noise / signal) of a pass, for samplers that think in them (Karras et al. 2022).
 *
 * @param timesteps the model is asked about, falling
 * @param sigmas one a timestep, and the one after the last step
 */
@SuppressWarnings("ArrayRecordComponent") // a few numbers read in loops, never compared
record NoiseLevels(float[] timesteps, float[] sigmas) {

    /** Levels at the whole timesteps of DPM-Solver, or spread as the settings ask for. */
    static NoiseLevels ofSolver(SchedulerSettings settings, int steps) {
        TrainedSigmas trained = TrainedSigmas.of(settings);
        SigmaSpread spread = settings.sigmaSpread();
        if (spread != SigmaSpread.TRAINED) {
            double[] sigmas = spread(spread, trained.most(), trained.least(), steps);
            double[] timesteps = trained.timestepsOf(sigmas);
            boolean rounds = spread == SigmaSpread.KARRAS && settings.betaSchedule() != BetaSchedule.SQUAREDCOS_CAP_V2;
            for (int i = 0; i < timesteps.length; i++) {
                timesteps[i] = rounds ? Math.rint(timesteps[i]) : Math.floor(timesteps[i]);
            }
            return of(settings, floats(timesteps), sigmas, trained);
        }
        int usable = trained.withLogSignal(settings.number("lambda_min_clipped").orElse(Double.NEGATIVE_INFINITY));
        float[] timesteps = Timesteps.floats(settings.spacing(Spacing.LINSPACE)
                .timestepsBeforeLast(steps, trained.count(), usable, settings.stepsOffset()));
        return of(settings, timesteps, trained.at(timesteps), trained);
    }

    /** Levels at the timesteps of Euler's method, which are not always whole. */
    static NoiseLevels ofEuler(SchedulerSettings settings, int steps) {
        return ofEuler(settings, steps, SigmaSpread.TRAINED);
    }

    /** Levels between those of the first and the last timestep of Euler's method, spread as the settings ask for. */
    static NoiseLevels ofSpreadEuler(SchedulerSettings settings, int steps) {
        return ofEuler(settings, steps, settings.sigmaSpread());
    }

    private static NoiseLevels ofEuler(SchedulerSettings settings, int steps, SigmaSpread spread) {
        TrainedSigmas trained = TrainedSigmas.of(settings);
        float[] timesteps = eulerTimesteps(settings, steps, trained);
        double[] plain = trained.at(timesteps);
        if (spread == SigmaSpread.TRAINED) {
            return of(settings, timesteps, plain, trained);
        }
        double[] sigmas = spread(
                spread,
                settings.number("sigma_max").orElse(plain[0]),
                settings.number("sigma_min").orElse(plain[plain.length - 1]),
                steps);
        return of(settings, floats(trained.timestepsOf(sigmas)), sigmas, trained);
    }

    private static double[] spread(SigmaSpread spread, double most, double least, int steps) {
        return switch (spread) {
            case KARRAS -> TrainedSigmas.karras(most, least, steps);
            case EXPONENTIAL -> TrainedSigmas.exponential(most, least, steps);
            case TRAINED -> throw new IllegalArgumentException("the levels of timesteps are spread by their spacing");
        };
    }

    private static float[] eulerTimesteps(SchedulerSettings settings, int steps, TrainedSigmas trained) {
        return floats(settings.spacing(Spacing.LINSPACE).places(steps, trained.count(), settings.stepsOffset()));
    }

    private static NoiseLevels of(
            SchedulerSettings settings, float[] timesteps, double[] sigmas, TrainedSigmas trained) {
        float[] all = Arrays.copyOf(floats(sigmas), sigmas.length + 1);
        all[sigmas.length] = switch (settings.finalSigma()) {
            case ZERO -> 0;
            case SIGMA_MIN -> trained.least();
        };
        return new NoiseLevels(timesteps, all);
    }

    /** The same, with nothing left of the noise after the last step. */
    NoiseLevels endingClean() {
        float[] ending = sigmas.clone();
        ending[ending.length - 1] = 0;
        return new NoiseLevels(timesteps, ending);
    }

    /** What unit noise is multiplied by to start from. */
    double initialNoise(Spacing spacing) {
        double largest = 0;
        for (float sigma : sigmas) {
            largest = Math.max(largest, sigma);
        }
        return switch (spacing) {
            case LINSPACE, TRAILING -> largest;
            case LEADING -> Math.sqrt(largest * largest + 1);
        };
    }

    /** Share of signal in a sample of variance 1 at step {@code index}. */
    float signalShare(int index) {
        return 1 / deviation(index);
    }

    /** Share of noise in a sample of variance 1 at step {@code index}. */
    float noiseShare(int index) {
        return sigmas[index] * signalShare(index);
    }

    /** {@code sample}, which is signal plus sigma times noise, brought to variance 1. */
    float[] scaled(int index, float[] sample) {
        float deviation = deviation(index);
        float[] scaled = new float[sample.length];
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] = sample[i] / deviation;
        }
        return scaled;
    }

    private float deviation(int index) {
        return (float) Math.sqrt(sigmas[index] * sigmas[index] + 1);
    }

    /**
     * {@code sample} at the noise level {@code sigma}, in a straight line through the clean sample; in fp32 as diffusers,
     * where a step from a sigma of 4096 keeps few digits.
     */
    float[] moved(int index, float[] sample, float[] modelOutput, Prediction prediction, float sigma) {
        float from = sigmas[index];
        float change = sigma - from;
        float[] moved = new float[sample.length];
        for (int i = 0; i < moved.length; i++) {
            float clean = prediction.cleanAtSigma(sample[i], modelOutput[i], from);
            moved[i] = sample[i] + (sample[i] - clean) / from * change;
        }
        return moved;
    }

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }
}
