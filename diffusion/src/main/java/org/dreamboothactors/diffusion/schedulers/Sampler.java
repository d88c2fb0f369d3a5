package org.dreamboothactors.diffusion.schedulers;

import java.util.function.Supplier;

/**
 * Takes noise away step by step. An object serves one pass; samples of a batch lie one after the other.
 *
 * <p>All samplers here start from unit noise and feed the model the sample as it is.
 */
public interface Sampler {

    /** Training timesteps to ask the model about, in order. */
    int[] timesteps();

    /**
     * The sample after step {@code index}.
     *
     * @param modelOutput what the model said about {@code sample} at {@code timesteps()[index]}
     * @param noise standard normal values of the sample's size; asked at most once, and only by stochastic samplers
     */
    float[] step(int index, float[] modelOutput, float[] sample, Supplier<float[]> noise);
}
