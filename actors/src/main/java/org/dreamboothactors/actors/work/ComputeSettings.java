package org.dreamboothactors.actors.work;

import org.dreamboothactors.diffusion.Compute;
import org.dreamboothactors.diffusion.ComputePrecision;
import org.dreamboothactors.diffusion.training.OptimizerKind;
import org.dreamboothactors.protocol.v1.Training;

/** How a run computes, from its description. */
public final class ComputeSettings {
    private ComputeSettings() {}

    /** Throws {@link IllegalArgumentException} for what does not exist or cannot go together. */
    public static Compute of(Training training) {
        var wanted = training.getCompute();
        return new Compute(
                wanted.getPrecision().isEmpty() ? ComputePrecision.AUTO : ComputePrecision.of(wanted.getPrecision()),
                wanted.getOptimizer().isEmpty() ? OptimizerKind.ADAMW : OptimizerKind.of(wanted.getOptimizer()),
                training.getActivationCheckpointing(),
                wanted.getChannelsLast(),
                !wanted.getExplicitAttention(),
                wanted.getWholeGraph());
    }
}
