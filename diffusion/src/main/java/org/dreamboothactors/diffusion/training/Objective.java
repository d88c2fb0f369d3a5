package org.dreamboothactors.diffusion.training;

import java.util.Arrays;
import java.util.OptionalDouble;
import org.dreamboothactors.diffusion.schedulers.NoiseSchedule;
import org.dreamboothactors.diffusion.schedulers.Prediction;

/**
 * What the model is to say about noisy latents, and how much each sample counts.
 *
 * @param prediction what it is to say: the noise or the velocity
 * @param priorWeight of the class half of the loss; empty without prior preservation
 * @param snrGamma of min-SNR weighting (Hang et al. 2023), for the instance half; empty without
 */
public record Objective(
        NoiseSchedule schedule, Prediction prediction, OptionalDouble priorWeight, OptionalDouble snrGamma) {

    /** What a perfect model would say, for samples laid one after the other. */
    float[] target(float[] latents, StepInputs inputs) {
        return switch (prediction) {
            case EPSILON -> inputs.noise();
            case V_PREDICTION -> schedule.velocity(latents, inputs.noise(), inputs.timesteps());
        };
    }

    /** How far {@code said} is from {@code target}; the samples' timesteps decide their weights. */
    DreamBoothLoss loss(float[] said, float[] target, int[] timesteps) {
        int instances = priorWeight.isPresent() ? timesteps.length / 2 : timesteps.length;
        double[] weights = new double[instances];
        Arrays.setAll(weights, b -> weight(schedule.snr(timesteps[b])));
        return priorWeight.isPresent()
                ? DreamBoothLoss.withPrior(said, target, weights, priorWeight.getAsDouble())
                : DreamBoothLoss.ofInstances(said, target, weights);
    }

    /** min(SNR, gamma) / SNR for noise and min(SNR, gamma) / (SNR + 1) for velocity, both weights of x_0's error. */
    private double weight(double snr) {
        if (snrGamma.isEmpty()) {
            return 1;
        }
        double gamma = snrGamma.getAsDouble();
        return switch (prediction) {
            case EPSILON -> snr <= gamma ? 1 : gamma / snr; // also where no signal is left
            case V_PREDICTION -> Math.min(snr, gamma) / (snr + 1);
        };
    }
}
