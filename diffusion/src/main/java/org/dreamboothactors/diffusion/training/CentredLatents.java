package org.dreamboothactors.diffusion.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.dreamboothactors.diffusion.images.RgbImage;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.dreamboothactors.diffusion.kernels.Tape;
import org.dreamboothactors.diffusion.models.AutoencoderKL;
import org.dreamboothactors.diffusion.weights.Safetensors;

/**
 * Gives each channel of an autoencoder's latents mean 0 and deviation 1, as the noise has that a UNet learns to find.
 *
 * <p>The one scaling factor of a diffusers model cannot do that for each channel. The 1x1 convolutions before and after the
 * latents can: they take the statistics in, and the pictures stay the same.
 */
public final class CentredLatents {
    private static final int BATCH = 32;

    /** Of each channel. */
    @SuppressWarnings("ArrayRecordComponent") // a few numbers on their way, never compared
    private record Statistics(double[] mean, double[] deviation) {}

    private CentredLatents() {}

    /** Writes the weights of {@code vae} with its latents centred over {@code pictures}; its own weights stay. */
    public static void write(AutoencoderKL vae, List<RgbImage> pictures, Kernels kernels, Path file) {
        int channels = vae.config().latentChannels();
        Statistics statistics = statistics(vae, pictures, kernels);
        try (NDManager manager = kernels.manager().newSubManager()) {
            SortedMap<String, NDArray> weights = new TreeMap<>(vae.weights().byName());
            weights.compute("quant_conv.weight", (name, w) -> encoderRows(w, statistics, channels, manager));
            weights.compute("quant_conv.bias", (name, b) -> encoderBias(b, statistics, channels, manager));
            NDArray decoder = Objects.requireNonNull(weights.get("post_quant_conv.weight"));
            weights.compute(
                    "post_quant_conv.bias", (name, b) -> decoderBias(b, decoder, statistics, channels, manager));
            weights.compute("post_quant_conv.weight", (name, w) -> decoderColumns(w, statistics, channels, manager));
            Safetensors.write(weights, Map.of("format", "pt"), file);
        }
    }

    private static Statistics statistics(AutoencoderKL vae, List<RgbImage> pictures, Kernels kernels) {
        int channels = vae.config().latentChannels();
        double[] sum = new double[channels];
        double[] squares = new double[channels];
        long count = 0;
        for (int from = 0; from < pictures.size(); from += BATCH) {
            List<RgbImage> batch = pictures.subList(from, Math.min(from + BATCH, pictures.size()));
            float[] moments = moments(vae, batch, kernels);
            int area = moments.length / batch.size() / channels / 2;
            for (int i = 0; i < moments.length; i++) {
                int channel = i / area % (2 * channels);
                if (channel < channels) {
                    sum[channel] += moments[i];
                    squares[channel] += (double) moments[i] * moments[i];
                }
            }
            count += (long) batch.size() * area;
        }
        double[] deviation = new double[channels];
        for (int c = 0; c < channels; c++) {
            sum[c] /= count;
            deviation[c] = Math.sqrt(Math.max(1e-12, squares[c] / count - sum[c] * sum[c]));
        }
        return new Statistics(sum, deviation);
    }

    /** What {@code vae} says of pictures of one size, one after the other: means, then log-variances, (2 C, h, w) each. */
    public static float[] moments(AutoencoderKL vae, List<RgbImage> pictures, Kernels kernels) {
        try (Tape tape = Tape.forward(kernels)) {
            NDArray images = AutoencoderTraining.planes(pictures, tape.manager());
            return vae.encode(tape, images).array().toFloatArray();
        }
    }

    /** (2 C, 2 C, 1, 1): the rows of the means are divided by the deviations. */
    private static NDArray encoderRows(NDArray weight, Statistics of, int channels, NDManager manager) {
        float[] w = weight.toFloatArray();
        int row = w.length / (2 * channels);
        for (int i = 0; i < channels * row; i++) {
            w[i] = (float) (w[i] / of.deviation[i / row]);
        }
        return manager.create(w, weight.getShape());
    }

    /** (2 C): means move to 0; variances shrink as the means do. */
    private static NDArray encoderBias(NDArray bias, Statistics of, int channels, NDManager manager) {
        float[] b = bias.toFloatArray();
        for (int c = 0; c < channels; c++) {
            b[c] = (float) ((b[c] - of.mean[c]) / of.deviation[c]);
            b[channels + c] = (float) (b[channels + c] - 2 * Math.log(of.deviation[c]));
        }
        return manager.create(b, bias.getShape());
    }

    /** (C, C, 1, 1): columns undo the division. */
    private static NDArray decoderColumns(NDArray weight, Statistics of, int channels, NDManager manager) {
        float[] w = weight.toFloatArray();
        for (int i = 0; i < w.length; i++) {
            w[i] = (float) (w[i] * of.deviation[i % channels]);
        }
        return manager.create(w, weight.getShape());
    }

    /** (C): what the means were worth behind the convolution. */
    private static NDArray decoderBias(NDArray bias, NDArray weight, Statistics of, int channels, NDManager manager) {
        float[] b = bias.toFloatArray();
        float[] w = weight.toFloatArray();
        for (int i = 0; i < w.length; i++) {
            b[i / channels] += (float) (w[i] * of.mean[i % channels]);
        }
        return manager.create(b, new Shape(b.length));
    }
}
