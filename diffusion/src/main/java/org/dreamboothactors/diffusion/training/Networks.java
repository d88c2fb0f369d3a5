package org.dreamboothactors.diffusion.training;

/** The learning models as the training step sees them: predict and go back, once or several times, then update. */
public interface Networks {

    /**
     * Predicts from {@code noisy}, keeping what the way back needs.
     *
     * @param noisy samples one after the other; their prompts are known to the implementation, in the same order
     */
    Pass forward(float[] noisy, int[] timesteps);

    /**
     * Clips the gradients that were gathered since the last update, learns from them and forgets them.
     *
     * @return norm of all gradients together, before clipping; where it is not finite the weights stay as they are
     */
    double update();

    /** How many trainers learn together: {@link #update} adds the gradients of all. */
    default int ranks() {
        return 1;
    }

    /** Means over all ranks, equal at each; after an {@link #update}. */
    default double[] overRanks(double... mine) {
        return mine;
    }

    /** Forgets what was gathered since the last update. */
    void forget();

    /** One prediction that can be gone back on once. */
    interface Pass extends AutoCloseable {

        /** What the models say, of the size of the noisy samples. */
        float[] prediction();

        /**
         * Goes back through the models and adds the parameters' gradients to those gathered.
         *
         * @param gradient of the loss with respect to the prediction
         */
        void back(float[] gradient);

        @Override
        void close();
    }
}
