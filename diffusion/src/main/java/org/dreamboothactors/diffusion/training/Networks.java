package org.dreamboothactors.diffusion.training;

/** The learning models as the training step sees them: predict, then learn from the gradient. */
public interface Networks {

    /**
     * Predicts the noise in {@code noisy}, keeping what the way back needs.
     *
     * @param noisy samples one after the other; their prompts are known to the implementation, in the same order
     */
    Pass forward(float[] noisy, int[] timesteps);

    /** One prediction that can be learned from once. Closing it without learning leaves the weights as they are. */
    interface Pass extends AutoCloseable {

        /** Predicted noise, of the size of the noisy samples. */
        float[] prediction();

        /**
         * Goes back through the models, clips the gradients and updates the weights.
         *
         * @param gradient of the loss with respect to the prediction
         * @return norm of all gradients together, before clipping; where it is not finite the weights stay as they are
         */
        double learn(float[] gradient);

        @Override
        void close();
    }
}
