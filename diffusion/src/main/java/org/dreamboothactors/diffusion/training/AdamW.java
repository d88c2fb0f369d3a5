package org.dreamboothactors.diffusion.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.dreamboothactors.diffusion.weights.Weights;

/**
 * AdamW (Loshchilov and Hutter 2019) over the parameters of one part, with gradients and moments in fp32.
 *
 * <p>Weights are changed in place. Lives as long as its kernels, on their thread.
 */
public final class AdamW {
    private final Kernels kernels;
    private final Hyperparameters settings;
    private final String prefix;
    private final SortedMap<String, NDArray> weights = new TreeMap<>();
    private final SortedMap<String, NDArray> means = new TreeMap<>();
    private final SortedMap<String, NDArray> squares = new TreeMap<>();

    /**
     * How it learns.
     *
     * @param learningRate of each step
     * @param beta1 decay of the mean gradient
     * @param beta2 decay of the mean squared gradient
     * @param weightDecay multiplied by the learning rate
     */
    public record Hyperparameters(
            LearningRate learningRate, double beta1, double beta2, double epsilon, double weightDecay) {}

    /** An optimizer for all of {@code part}'s parameters that learn, with moments of zero. */
    public AdamW(Kernels kernels, Weights part, Hyperparameters settings) {
        this.kernels = kernels;
        this.settings = settings;
        this.prefix = part.part() + ".";
        NDManager manager = kernels.manager();
        part.byName().forEach((name, weight) -> {
            if (!weight.hasGradient()) {
                return; // beside adapters, the weights stay
            }
            // Shares the numbers, but is no parameter: those cannot be changed in place.
            NDArray plain = weight.stopGradient();
            plain.attach(manager);
            weights.put(prefix + name, plain);
            means.put(prefix + name, manager.zeros(weight.getShape()));
            squares.put(prefix + name, manager.zeros(weight.getShape()));
        });
    }

    /** The weights it changes, by part and name. */
    SortedMap<String, NDArray> weights() {
        return weights;
    }

    /** Weights and moments, by part and name; moments with {@code exp_avg.} and {@code exp_avg_sq.} in front. */
    SortedMap<String, NDArray> state() {
        SortedMap<String, NDArray> state = new TreeMap<>(weights);
        means.forEach((name, array) -> state.put("exp_avg." + name, array));
        squares.forEach((name, array) -> state.put("exp_avg_sq." + name, array));
        return state;
    }

    /**
     * One step.
     *
     * @param number of the step, from 1
     * @param gradients by part and name; those of other parts are left alone
     */
    void step(long number, Map<String, NDArray> gradients, NDManager scratch) {
        List<NDArray> ordered = new ArrayList<>();
        weights.keySet().forEach(name -> {
            NDArray gradient = gradients.get(name);
            if (gradient == null) {
                throw new IllegalStateException("Cannot train " + name + ": the reverse pass gave it no gradient");
            }
            ordered.add(gradient);
        });
        double[] numbers = {
            settings.learningRate().at(number - 1),
            settings.beta1(),
            settings.beta2(),
            settings.weightDecay(),
            settings.epsilon(),
            number
        };
        kernels.adamw(
                List.copyOf(weights.values()),
                ordered,
                List.copyOf(means.values()),
                List.copyOf(squares.values()),
                numbers,
                scratch);
    }
}
