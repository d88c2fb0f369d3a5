package org.dreamboothactors.diffusion;

/**
 * What a DreamBooth training run does; with the data it decides every bit of the result.
 *
 * @param seed names every random number of the run
 * @param maxSteps optimizer steps of the whole run
 * @param learningRate of the UNet; the highest where it changes over the run
 * @param trainTextEncoder whether the text encoder learns too; otherwise its output is computed once
 * @param textEncoderLearningRate of the text encoder; the highest where it changes over the run; not used where it does not learn
 * @param microBatch instance samples a micro-batch; with prior preservation as many class samples come on top
 * @param beta1 AdamW's decay of the mean gradient
 * @param beta2 AdamW's decay of the mean squared gradient
 * @param eps AdamW's guard against division by zero
 * @param weightDecay AdamW's decay of the weights, multiplied by the learning rate
 * @param maxGradNorm gradients are scaled down to this norm over all trained parameters together
 * @param priorWeight how much the class half of the loss counts
 * @param withPrior whether class samples are trained on (prior preservation)
 * @param instancePrompt text of the subject's photos
 * @param classPrompt text of the class pictures; not used without prior preservation
 * @param refinements what the run does beyond plain DreamBooth
 */
public record TrainingConfig(
        long seed,
        int maxSteps,
        double learningRate,
        boolean trainTextEncoder,
        double textEncoderLearningRate,
        int microBatch,
        double beta1,
        double beta2,
        double eps,
        double weightDecay,
        double maxGradNorm,
        double priorWeight,
        boolean withPrior,
        String instancePrompt,
        String classPrompt,
        Refinements refinements) {

    /** Refuses numbers that no run can mean. */
    public TrainingConfig {
        require(maxSteps >= 1, "maxSteps", maxSteps, "1 or more");
        require(microBatch >= 1, "microBatch", microBatch, "1 or more");
        require(positive(learningRate), "learningRate", learningRate, "a number above 0");
        require(
                !trainTextEncoder || positive(textEncoderLearningRate),
                "textEncoderLearningRate",
                textEncoderLearningRate,
                "a number above 0");
        require(beta1 >= 0 && beta1 < 1, "beta1", beta1, "0 to below 1");
        require(beta2 >= 0 && beta2 < 1, "beta2", beta2, "0 to below 1");
        require(positive(eps), "eps", eps, "a number above 0");
        require(weightDecay >= 0 && Double.isFinite(weightDecay), "weightDecay", weightDecay, "0 or more");
        require(positive(maxGradNorm), "maxGradNorm", maxGradNorm, "a number above 0");
        require(priorWeight >= 0 && Double.isFinite(priorWeight), "priorWeight", priorWeight, "0 or more");
    }

    /** The same computed in {@code precision}. */
    public TrainingConfig in(ComputePrecision precision) {
        return new TrainingConfig(
                seed,
                maxSteps,
                learningRate,
                trainTextEncoder,
                textEncoderLearningRate,
                microBatch,
                beta1,
                beta2,
                eps,
                weightDecay,
                maxGradNorm,
                priorWeight,
                withPrior,
                instancePrompt,
                classPrompt,
                refinements.in(precision));
    }

    static boolean positive(double value) {
        return value > 0 && Double.isFinite(value);
    }

    static void require(boolean holds, String name, Object value, String expected) {
        if (!holds) {
            throw new IllegalArgumentException("Cannot train: " + name + " is " + value + ", expected " + expected
                    + ". Change the run's settings.");
        }
    }
}
