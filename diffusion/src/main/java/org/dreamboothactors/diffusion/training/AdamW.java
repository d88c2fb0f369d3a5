package org.dreamboothactors.diffusion.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.dreamboothactors.diffusion.weights.Weights;

/** AdamW (Loshchilov and Hutter 2019) with moments in fp32. */
public final class AdamW implements Optimizer {
    private final Kernels kernels;
    private final Hyperparameters settings;
    private final SortedMap<String, NDArray> weights;
    private final SortedMap<String, NDArray> means = new TreeMap<>();
    private final SortedMap<String, NDArray> squares = new TreeMap<>();
    private final List<List<String>> groups;

    AdamW(Kernels kernels, Weights part, Hyperparameters settings) {
        this(kernels, part.learning(kernels.manager()), settings);
    }

    /** {@code weights} by part and name, as they can be changed in place. */
    AdamW(Kernels kernels, SortedMap<String, NDArray> weights, Hyperparameters settings) {
        this.kernels = kernels;
        this.settings = settings;
        this.weights = weights;
        weights.forEach((name, weight) -> {
            means.put(name, kernels.manager().zeros(weight.getShape()));
            squares.put(name, kernels.manager().zeros(weight.getShape()));
        });
        groups = Optimizer.groups(weights);
    }

    @Override
    public SortedMap<String, NDArray> weights() {
        return weights;
    }

    /** Moments with {@code exp_avg.} and {@code exp_avg_sq.} in front, as in PyTorch. */
    @Override
    public SortedMap<String, NDArray> state() {
        SortedMap<String, NDArray> state = new TreeMap<>(weights);
        means.forEach((name, array) -> state.put("exp_avg." + name, array));
        squares.forEach((name, array) -> state.put("exp_avg_sq." + name, array));
        return state;
    }

    @Override
    public void step(long number, Map<String, NDArray> gradients, NDManager scratch) {
        for (List<String> names : groups) {
            kernels.adamw(
                    Optimizer.of(names, weights),
                    Optimizer.of(names, gradients),
                    Optimizer.of(names, means),
                    Optimizer.of(names, squares),
                    settings.at(number),
                    scratch);
        }
    }
}
