package org.dreamboothactors.campaign;

import java.util.List;
import org.dreamboothactors.protocol.v1.PriorPreservation;
import org.dreamboothactors.protocol.v1.RunSpec;
import org.dreamboothactors.protocol.v1.Sampling;
import org.dreamboothactors.protocol.v1.Training;

/**
 * The run that every seed asks for: all stages, two checkpoints, its bits fixed by its seed.
 *
 * @param steps of training
 * @param ranks 2: on the devices of both nodes
 */
record RunRecipe(int steps, int ranks) {
    private static final int SEED = 7;

    RunSpec spec() {
        return RunSpec.newBuilder()
                .setInstancePrompt("a photo of a sks teapot")
                .setClassPrompt("a photo of a teapot")
                .setSeed(SEED)
                .setTraining(Training.newBuilder()
                        .setMaxSteps(steps)
                        .setRanks(ranks)
                        .setLearningRate(1e-4)
                        .setMicroBatchSize(1)
                        .setCheckpointEvery(steps / 2))
                .setPrior(PriorPreservation.newBuilder()
                        .setLossWeight(0.5)
                        .setNumClassImages(4)
                        .setSampling(Sampling.newBuilder().setSampler("ddim").setInferenceSteps(2)))
                .build();
    }

    /** Steps of the checkpoints that it publishes. */
    List<Long> checkpoints() {
        return List.of(steps / 2L, (long) steps);
    }
}
