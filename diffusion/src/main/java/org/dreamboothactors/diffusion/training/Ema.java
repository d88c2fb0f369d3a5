package org.dreamboothactors.diffusion.training;

import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.dreamboothactors.diffusion.kernels.Kernels;

/**
 * Weights averaged over the steps, as {@code EMAModel} of diffusers averages them: the first step copies, later ones keep
 * more and more of the past.
 *
 * <p>One more copy of the trained weights, fp32. Lives as long as its kernels, on their thread.
 */
public final class Ema {
    private static final String STATE = "ema.";

    private final Kernels kernels;
    private final double decay;
    private final SortedMap<String, NDArray> weights;
    private final SortedMap<String, NDArray> averages = new TreeMap<>();

    /**
     * Averages of all that the optimizers change; they begin with the weights as they are.
     *
     * @param decay largest share of the past that a step keeps, 0 to below 1
     */
    public static Ema of(Kernels kernels, double decay, List<Optimizer> optimizers) {
        SortedMap<String, NDArray> weights = new TreeMap<>();
        optimizers.forEach(optimizer -> weights.putAll(optimizer.weights()));
        return new Ema(kernels, decay, weights);
    }

    /** {@code weights} are those that learn, by part and name. */
    Ema(Kernels kernels, double decay, SortedMap<String, NDArray> weights) {
        this.kernels = kernels;
        this.decay = decay;
        this.weights = weights;
        weights.forEach((name, weight) -> {
            NDArray copy = weight.duplicate();
            copy.attach(kernels.manager());
            averages.put(name, copy);
        });
    }

    /** Share of the past that step {@code number}, counted from 1, keeps. */
    static double decayAt(long number, double most) {
        long step = Math.max(0, number - 1);
        return step == 0 ? 0 : Math.min((1.0 + step) / (10.0 + step), most);
    }

    /** Takes in the weights after step {@code number}, counted from 1. */
    void update(long number) {
        kernels.approach(List.copyOf(averages.values()), List.copyOf(weights.values()), 1 - decayAt(number, decay));
    }

    /** The averages, by part and name. */
    public SortedMap<String, NDArray> averages() {
        return averages;
    }

    /** What a saved state holds of it. */
    SortedMap<String, NDArray> state() {
        SortedMap<String, NDArray> state = new TreeMap<>();
        averages.forEach((name, average) -> state.put(STATE + name, average));
        return state;
    }

    /** Runs {@code work} with the averages in the place of the weights. */
    public void inPlaceOfWeights(Runnable work) {
        swap();
        try {
            work.run();
        } finally {
            swap();
        }
    }

    /** One tensor after the other, so that memory holds no third copy of all. */
    private void swap() {
        for (Map.Entry<String, NDArray> entry : averages.entrySet()) {
            NDArray weight = weights.get(entry.getKey());
            if (weight == null) {
                throw new IllegalStateException("Cannot average " + entry.getKey() + ": there is no such weight");
            }
            try (NDArray kept = weight.duplicate()) {
                kernels.assign(weight, entry.getValue());
                kernels.assign(entry.getValue(), kept);
            }
        }
    }
}
