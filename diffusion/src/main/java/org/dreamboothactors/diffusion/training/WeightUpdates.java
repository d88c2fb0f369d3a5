package org.dreamboothactors.diffusion.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.dreamboothactors.diffusion.kernels.Kernels;

/**
 * What every kind of training does with its gradients: clip them, step with AdamW, average the weights. Owned by the
 * thread of its kernels.
 *
 * @param optimizers one a part that learns
 * @param ema averages of the weights; empty without
 * @param maxGradNorm norm of all gradients together is brought down to this
 */
public record WeightUpdates(Kernels kernels, List<Optimizer> optimizers, Optional<Ema> ema, double maxGradNorm) {
    public WeightUpdates {
        optimizers = List.copyOf(optimizers);
    }

    /**
     * Does step {@code number}, counted from 1, and returns the gradients' norm; where that is not finite, nothing is
     * changed.
     *
     * @param gradients by part and name
     */
    double step(long number, SortedMap<String, NDArray> gradients, NDManager scratch) {
        Kernels.Clipping clipping = kernels.clipping(List.copyOf(gradients.values()), maxGradNorm, scratch);
        double norm = clipping.norm();
        if (Double.isFinite(norm)) {
            for (Optimizer optimizer : optimizers) {
                optimizer.step(number, gradients, clipping.scale(), scratch);
            }
            ema.ifPresent(averages -> averages.update(number));
        }
        return norm;
    }

    /** Weights that learn, by part and name. */
    public SortedMap<String, NDArray> weights() {
        SortedMap<String, NDArray> weights = new TreeMap<>();
        optimizers.forEach(optimizer -> weights.putAll(optimizer.weights()));
        return weights;
    }

    /** Weights, moments and averages: all that the next step depends on, beside its number. */
    public SortedMap<String, NDArray> state() {
        SortedMap<String, NDArray> state = new TreeMap<>();
        optimizers.forEach(optimizer -> state.putAll(optimizer.state()));
        ema.ifPresent(averages -> state.putAll(averages.state()));
        return state;
    }
}
