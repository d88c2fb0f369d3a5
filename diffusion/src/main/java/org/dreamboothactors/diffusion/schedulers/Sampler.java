package org.dreamboothactors.diffusion.schedulers;

import java.util.function.Supplier;

/**
 * Takes noise away step by step. An object serves one pass; samples of a batch lie one after the other.
 */
public interface Sampler {

    /** Training timesteps to ask the model about, in order; not always whole, and some samplers ask twice about one. */
    float[] timesteps();

    /** What unit noise is multiplied by to start from. */
    default double initialNoise() {
        return 1;
    }

    /** What the model is shown of {@code sample} at step {@code index}. */
    default float[] modelInput(int index, float[] sample) {
        return sample;
    }

    /**
     * The sample after step {@code index}.
     *
     * @param modelOutput what the model said about {@link #modelInput} at {@code timesteps()[index]}
     * @param noise standard normal values of the sample's size; asked at most once, and only by stochastic samplers
     */
    float[] step(int index, float[] modelOutput, float[] sample, Supplier<float[]> noise);
}
