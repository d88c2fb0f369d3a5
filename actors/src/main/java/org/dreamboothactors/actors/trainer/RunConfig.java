package org.dreamboothactors.actors.trainer;

import org.dreamboothactors.diffusion.TrainingConfig;
import org.dreamboothactors.protocol.v1.RunSpec;
import org.dreamboothactors.protocol.v1.Training;

/** The trainer's settings from a resolved run description. */
final class RunConfig {
    private RunConfig() {}

    /** Throws {@link InvalidRun}. */
    static TrainingConfig of(RunSpec spec) {
        Training training = spec.getTraining();
        double textRate = training.getTextEncoderLearningRate();
        try {
            return new TrainingConfig(
                    spec.getSeed(),
                    training.getMaxSteps(),
                    training.getLearningRate(),
                    training.getTrainTextEncoder(),
                    textRate == 0 ? training.getLearningRate() : textRate,
                    training.getMicroBatchSize(),
                    training.getAdamBeta1(),
                    training.getAdamBeta2(),
                    training.getAdamEpsilon(),
                    Math.max(0, training.getAdamWeightDecay()),
                    training.getMaxGradNorm(),
                    spec.getPrior().getLossWeight(),
                    spec.hasPrior(),
                    spec.getInstancePrompt(),
                    spec.getClassPrompt());
        } catch (IllegalArgumentException e) {
            throw new InvalidRun(e);
        }
    }
}
