package org.dreamboothactors.diffusion.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Map;
import java.util.SortedMap;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.dreamboothactors.diffusion.weights.Weights;

/** Changes the parameters of one part, in place. Lives as long as its kernels, on their thread. */
public sealed interface Optimizer permits AdamW, AdamW8bit {
    /** An optimizer for all of {@code part}'s parameters that learn, with moments of zero. */
    static Optimizer of(OptimizerKind kind, Kernels kernels, Weights part, Hyperparameters settings) {
        return switch (kind) {
            case ADAMW -> new AdamW(kernels, part, settings);
            case ADAMW_8BIT -> new AdamW8bit(kernels, part, settings);
        };
    }

    /**
     * How it learns.
     *
     * @param learningRate of each step
     * @param beta1 decay of the mean gradient
     * @param beta2 decay of the mean squared gradient
     * @param weightDecay multiplied by the learning rate
     */
    record Hyperparameters(LearningRate learningRate, double beta1, double beta2, double epsilon, double weightDecay) {
        /** What the kernels take for step {@code number}, counted from 1, with gradients multiplied by {@code scale}. */
        double[] at(long number, double scale) {
            return new double[] {learningRate.at(number - 1), beta1, beta2, weightDecay, epsilon, number, scale};
        }
    }

    /** The weights it changes, by part and name. */
    SortedMap<String, NDArray> weights();

    /** Weights and moments by part and name, moments with their own names in front: all the next step depends on. */
    SortedMap<String, NDArray> state();

    /**
     * One step.
     *
     * @param number of the step, from 1
     * @param gradients by part and name, fp32 or bf16; those of other parts are left alone
     * @param scale multiplies them
     */
    void step(long number, Map<String, NDArray> gradients, double scale, NDManager scratch);

    /** The gradient of a weight. */
    static NDArray gradient(String name, Map<String, NDArray> gradients) {
        NDArray gradient = gradients.get(name);
        if (gradient == null) {
            throw new IllegalStateException("Cannot train " + name + ": the reverse pass gave it no gradient");
        }
        return gradient;
    }
}
