package org.dreamboothactors.diffusion.schedulers;

/**
 * What the model's output stands for.
 *
 * <p>In fp32, in the order of diffusers: where there is little signal its rounding is divided by the signal, and only the
 * same rounding gives the same picture.
 */
public enum Prediction {
    /** The noise in the sample. */
    EPSILON {
        @Override
        float clean(float sample, float output, float signal, float noise) {
            return (sample - noise * output) / signal;
        }

        @Override
        float noise(float sample, float output, float signal, float noise) {
            return output;
        }

        @Override
        float cleanAtSigma(float sample, float output, float sigma) {
            return sample - sigma * output;
        }
    },
    /** sqrt(a) noise - sqrt(1 - a) x_0 (Salimans and Ho 2022). */
    V_PREDICTION {
        @Override
        float clean(float sample, float output, float signal, float noise) {
            return signal * sample - noise * output;
        }

        @Override
        float noise(float sample, float output, float signal, float noise) {
            return signal * output + noise * sample;
        }

        @Override
        float cleanAtSigma(float sample, float output, float sigma) {
            float variance = sigma * sigma + 1;
            return output * (-sigma / (float) Math.sqrt(variance)) + sample / variance;
        }
    };

    /** x_0 that the output implies, where x_t = signal * x_0 + noise * epsilon. */
    abstract float clean(float sample, float output, float signal, float noise);

    /** epsilon that the output implies, where x_t = signal * x_0 + noise * epsilon. */
    abstract float noise(float sample, float output, float signal, float noise);

    /** x_0 that the output implies, where the sample is x_0 + sigma * epsilon and the model saw it at variance 1. */
    abstract float cleanAtSigma(float sample, float output, float sigma);
}
