package org.dreamboothactors.diffusion.training;

/**
 * Mean squared error of the instance half, each sample with its own weight, plus weight times that of the class half
 * (Ruiz et al. 2022, equation 2), and its gradient.
 *
 * @param gradient of {@code total} with respect to the prediction
 */
@SuppressWarnings("ArrayRecordComponent") // one gradient on its way back, never compared
public record DreamBoothLoss(double total, double instance, double prior, float[] gradient) {

    /**
     * The loss where every sample is an instance.
     *
     * @param weights one a sample
     */
    public static DreamBoothLoss ofInstances(float[] prediction, float[] target, double[] weights) {
        float[] gradient = new float[prediction.length];
        double instance = instances(prediction, target, gradient, prediction.length, weights);
        return new DreamBoothLoss(instance, instance, 0, gradient);
    }

    /**
     * The loss where the second half are class samples.
     *
     * @param weights one an instance sample
     * @param priorWeight of the class half
     */
    public static DreamBoothLoss withPrior(float[] prediction, float[] target, double[] weights, double priorWeight) {
        int middle = prediction.length / 2;
        float[] gradient = new float[prediction.length];
        double instance = instances(prediction, target, gradient, middle, weights);
        double prior = squares(prediction, target, gradient, middle, prediction.length, priorWeight / middle) / middle;
        return new DreamBoothLoss(instance + priorWeight * prior, instance, prior, gradient);
    }

    private static double instances(float[] prediction, float[] target, float[] gradient, int end, double[] weights) {
        int each = end / weights.length;
        double sum = 0;
        for (int b = 0; b < weights.length; b++) {
            sum += weights[b] * squares(prediction, target, gradient, b * each, (b + 1) * each, weights[b] / end);
        }
        return sum / end;
    }

    /** Sum of squared errors; {@code scale} is what each counts in the loss. */
    private static double squares(
            float[] prediction, float[] target, float[] gradient, int from, int end, double scale) {
        double sum = 0;
        for (int i = from; i < end; i++) {
            double difference = (double) prediction[i] - target[i];
            sum += difference * difference;
            gradient[i] = (float) (2 * scale * difference);
        }
        return sum;
    }
}
