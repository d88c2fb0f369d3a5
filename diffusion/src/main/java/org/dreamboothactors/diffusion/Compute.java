package org.dreamboothactors.diffusion;

import org.dreamboothactors.diffusion.kernels.Arithmetic;
import org.dreamboothactors.diffusion.training.OptimizerKind;

/**
 * How a run computes: time and memory, and the last digits of the result.
 *
 * @param precision of activations, gradients and of the weights as they are computed with
 * @param optimizer that changes the weights
 * @param activationCheckpointing less memory for one more forward pass of every block, and the same bits
 * @param channelsLast the channels of a pixel lie side by side in memory
 * @param flashAttention attention never holds all scores; otherwise it is computed as written
 * @param wholeGraph the UNet is one TorchScript graph, not one a block
 */
public record Compute(
        ComputePrecision precision,
        OptimizerKind optimizer,
        boolean activationCheckpointing,
        boolean channelsLast,
        boolean flashAttention,
        boolean wholeGraph) {
    /** fp32 with AdamW. */
    public static final Compute PLAIN =
            new Compute(ComputePrecision.FP32, OptimizerKind.ADAMW, false, false, true, false);

    /** Refuses what cannot go together. */
    public Compute {
        if (wholeGraph && activationCheckpointing) {
            throw new IllegalArgumentException(
                    "Cannot train: the whole UNet as one graph leaves no blocks for activation"
                            + " checkpointing, expected one of both. Change the run's settings.");
        }
    }

    /** The same in another precision. */
    public Compute in(ComputePrecision other) {
        return new Compute(other, optimizer, activationCheckpointing, channelsLast, flashAttention, wholeGraph);
    }

    /** How models compute; throws {@link IllegalStateException} where the precision is not decided. */
    public Arithmetic arithmetic() {
        return switch (precision) {
            case FP32 -> new Arithmetic(false, channelsLast, flashAttention, wholeGraph);
            case BF16 -> new Arithmetic(true, channelsLast, flashAttention, wholeGraph);
            case AUTO -> throw new IllegalStateException("The precision is not decided yet");
        };
    }
}
