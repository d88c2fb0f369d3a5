package org.dreamboothactors.diffusion.schedulers;

/** What the model's output stands for. */
public enum Prediction {
    /** The noise in the sample. */
    EPSILON {
        @Override
        double clean(double sample, double output, double signal, double noise) {
            return (sample - noise * output) / signal;
        }

        @Override
        double noise(double sample, double output, double signal, double noise) {
            return output;
        }
    },
    /** sqrt(a) noise - sqrt(1 - a) x_0. */
    V_PREDICTION {
        @Override
        double clean(double sample, double output, double signal, double noise) {
            return signal * sample - noise * output;
        }

        @Override
        double noise(double sample, double output, double signal, double noise) {
            return signal * output + noise * sample;
        }
    };

    /** x_0 that the output implies, where x_t = signal * x_0 + noise * epsilon. */
    abstract double clean(double sample, double output, double signal, double noise);

    /** epsilon that the output implies. */
    abstract double noise(double sample, double output, double signal, double noise);
}
