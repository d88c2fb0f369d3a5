package org.dreamboothactors.diffusion.training;

import java.util.List;
import java.util.OptionalDouble;
import org.dreamboothactors.diffusion.NonFiniteLoss;
import org.dreamboothactors.diffusion.StepResult;
import org.dreamboothactors.diffusion.schedulers.NoiseSchedule;
import org.dreamboothactors.diffusion.schedulers.Prediction;

/**
 * One step of DreamBooth training with everything random given from outside: the trainer and the reference cases both
 * run this one.
 *
 * @param latentScale what latents are multiplied by before noise is added
 * @param priorWeight of the class half; empty without prior preservation
 */
public record DreamBoothStep(
        Networks networks, NoiseSchedule schedule, double latentScale, OptionalDouble priorWeight) {

    /** Refuses models that predict something else than noise. */
    public static void requireNoise(Prediction prediction) {
        switch (prediction) {
            case EPSILON -> {}
            case V_PREDICTION ->
                throw new UnsupportedOperationException("Cannot train: the model's prediction_type is v_prediction,"
                        + " expected epsilon. Choose a Stable Diffusion 1.x model.");
        }
    }

    /**
     * Learns from one batch.
     *
     * @param step number of the step, counted from 1
     * @param sampleIds names of the samples, for the error
     */
    public StepResult run(long step, StepInputs inputs, List<String> sampleIds) {
        float[] latents = inputs.latents(latentScale);
        float[] noisy = schedule.addNoise(latents, inputs.noise(), inputs.timesteps());
        try (Networks.Pass pass = networks.forward(noisy, inputs.timesteps())) {
            DreamBoothLoss loss = priorWeight.isPresent()
                    ? DreamBoothLoss.withPrior(pass.prediction(), inputs.noise(), priorWeight.getAsDouble())
                    : DreamBoothLoss.ofInstances(pass.prediction(), inputs.noise());
            if (!Double.isFinite(loss.total())) {
                throw new NonFiniteLoss(step, loss.total(), sampleIds);
            }
            double norm = pass.learn(loss.gradient());
            if (!Double.isFinite(norm)) {
                throw new NonFiniteLoss(step, norm, sampleIds);
            }
            return new StepResult(step, loss.total(), loss.instance(), loss.prior(), norm);
        }
    }
}
