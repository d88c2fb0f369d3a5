package org.dreamboothactors.diffusion.kernels;

/**
 * How blocks compute.
 *
 * @param bf16 whether parameters and what flows between blocks are bf16 on the way; what learns stays fp32 and is cast
 *     when a block runs, sums inside norms, products and softmax are fp32 all the same
 * @param channelsLast whether the channels of a pixel lie side by side in memory
 * @param flashAttention whether attention never holds the whole matrix of scores (Dao et al. 2022); otherwise it is
 *     computed as written
 * @param wholeGraph whether a UNet is one kernel, not one a block
 */
public record Arithmetic(boolean bf16, boolean channelsLast, boolean flashAttention, boolean wholeGraph) {
    /** fp32 in the usual order of memory. */
    public static final Arithmetic PLAIN = new Arithmetic(false, false, true, false);

    /** bf16 in the usual order of memory. */
    public static final Arithmetic BF16 = new Arithmetic(true, false, true, false);

    /** Whether parameters are held in the same form. */
    public boolean holdsAs(Arithmetic other) {
        return bf16 == other.bf16 && channelsLast == other.channelsLast;
    }

    /** Whether parameters are taken as they were loaded. */
    public boolean asLoaded() {
        return !bf16 && !channelsLast;
    }
}
