package org.dreamboothactors.diffusion.training;

import java.util.List;
import java.util.function.Supplier;
import org.dreamboothactors.diffusion.NonFiniteLoss;
import org.dreamboothactors.diffusion.ProgressListener;
import org.dreamboothactors.diffusion.StepResult;

/**
 * One step of DreamBooth training with everything random given from outside: the trainer and the reference cases both
 * run this one.
 *
 * @param latentScale what latents are multiplied by before noise is added
 */
public record DreamBoothStep(Networks networks, Objective objective, double latentScale) {

    /**
     * Learns from some micro-batches at once, those of all ranks: the mean of their losses is lowered.
     *
     * @param step number of the step, counted from 1
     * @param microBatches of this rank, 1 or more, all of one size and as many at every rank; each asked for when its turn
     *     comes, as it may have to be encoded
     * @param sampleIds names of the samples, for the error
     * @param progress hears of each micro-batch, forward and back
     */
    public StepResult run(
            long step, List<Supplier<StepInputs>> microBatches, List<String> sampleIds, ProgressListener progress) {
        int count = microBatches.size();
        int done = 0;
        double total = 0;
        double instance = 0;
        double prior = 0;
        try {
            for (Supplier<StepInputs> inputs : microBatches) {
                DreamBoothLoss loss = back(inputs.get(), count * networks.ranks());
                total += loss.total() / count;
                instance += loss.instance() / count;
                prior += loss.prior() / count;
                if (!Double.isFinite(total)) {
                    throw new NonFiniteLoss(step, loss.total(), sampleIds);
                }
                progress.progressed(++done, count);
            }
            double norm = networks.update();
            if (!Double.isFinite(norm)) {
                throw new NonFiniteLoss(step, norm, sampleIds);
            }
            double[] means = networks.overRanks(total, instance, prior);
            return new StepResult(step, means[0], means[1], means[2], norm);
        } finally {
            networks.forget();
        }
    }

    private DreamBoothLoss back(StepInputs inputs, int count) {
        float[] latents = inputs.latents(latentScale);
        float[] noisy = objective.schedule().addNoise(latents, inputs.noise(), inputs.timesteps());
        try (Networks.Pass pass = networks.forward(noisy, inputs.timesteps())) {
            DreamBoothLoss loss =
                    objective.loss(pass.prediction(), objective.target(latents, inputs), inputs.timesteps());
            if (Double.isFinite(loss.total())) {
                pass.back(divided(loss.gradient(), count));
            }
            return loss;
        }
    }

    private static float[] divided(float[] gradient, int count) {
        float[] share = new float[gradient.length];
        for (int i = 0; i < share.length; i++) {
            share[i] = gradient[i] / count;
        }
        return share;
    }
}
