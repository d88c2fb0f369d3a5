package org.dreamboothactors.diffusion.training;

/**
 * Mean squared error of the instance half plus weight times that of the class half (Ruiz et al. 2022, equation 2), and
 * its gradient.
 *
 * @param gradient of {@code total} with respect to the prediction
 */
@SuppressWarnings("ArrayRecordComponent") // one gradient on its way back, never compared
public record DreamBoothLoss(double total, double instance, double prior, float[] gradient) {

    /** The loss where every sample is an instance. */
    public static DreamBoothLoss ofInstances(float[] prediction, float[] target) {
        float[] gradient = new float[prediction.length];
        double instance = half(prediction, target, gradient, 0, prediction.length, 1);
        return new DreamBoothLoss(instance, instance, 0, gradient);
    }

    /** The loss where the second half are class samples. */
    public static DreamBoothLoss withPrior(float[] prediction, float[] target, double weight) {
        int middle = prediction.length / 2;
        float[] gradient = new float[prediction.length];
        double instance = half(prediction, target, gradient, 0, middle, 1);
        double prior = half(prediction, target, gradient, middle, prediction.length, weight);
        return new DreamBoothLoss(instance + weight * prior, instance, prior, gradient);
    }

    private static double half(float[] prediction, float[] target, float[] gradient, int from, int end, double weight) {
        double sum = 0;
        double scale = 2 * weight / (end - from);
        for (int i = from; i < end; i++) {
            double difference = (double) prediction[i] - target[i];
            sum += difference * difference;
            gradient[i] = (float) (scale * difference);
        }
        return sum / (end - from);
    }
}
