package org.dreamboothactors.toyworld.pretraining;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.dreamboothactors.diffusion.images.RgbImage;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.dreamboothactors.diffusion.kernels.Tape;
import org.dreamboothactors.diffusion.models.AutoencoderKL;
import org.dreamboothactors.diffusion.training.AutoencoderTraining;
import org.dreamboothactors.toyworld.World;
import org.dreamboothactors.toyworld.render.Renderer;

/** Pictures through an autoencoder and back, by the means of their latents. */
public final class Reconstruction {
    private static final double PEAK = 255;
    private static final int UNSEEN = 128;
    private static final int BATCH = 16;
    /** Its world is none of those that were trained on. */
    private static final long UNSEEN_SEED = 3000;

    private Reconstruction() {}

    /** What is left of pictures of one size. */
    public static List<RgbImage> of(AutoencoderKL vae, List<RgbImage> pictures, Kernels kernels) {
        int width = pictures.getFirst().width();
        int height = pictures.getFirst().height();
        try (Tape tape = Tape.forward(kernels)) {
            NDManager manager = tape.manager();
            NDArray moments = vae.encode(tape, AutoencoderTraining.planes(pictures, manager))
                    .array();
            Shape shape = moments.getShape(); // (B, 2 C, h, w)
            Shape half = new Shape(shape.get(0), shape.get(1) / 2, shape.get(2), shape.get(3));
            float[] both = moments.toFloatArray();
            int each = both.length / pictures.size();
            float[] means = new float[both.length / 2];
            for (int i = 0; i < pictures.size(); i++) {
                System.arraycopy(both, i * each, means, i * each / 2, each / 2);
            }
            float[] decoded =
                    vae.decode(tape, manager.create(means, half)).array().toFloatArray();
            int pixels = decoded.length / pictures.size();
            List<RgbImage> back = new ArrayList<>();
            for (int i = 0; i < pictures.size(); i++) {
                back.add(RgbImage.fromModel(Arrays.copyOfRange(decoded, i * pixels, (i + 1) * pixels), width, height));
            }
            return back;
        }
    }

    /** Peak signal-to-noise ratio of a picture, in dB; infinite where nothing was lost. */
    public static double psnr(RgbImage original, RgbImage back) {
        double squares = 0;
        byte[] one = original.rgb();
        byte[] other = back.rgb();
        for (int i = 0; i < one.length; i++) {
            double error = (one[i] & 0xff) - (other[i] & 0xff);
            squares += error * error;
        }
        return 10 * Math.log10(PEAK * PEAK * one.length / squares);
    }

    /**
     * What an autoencoder keeps of renders with patterns and pairs of colours that training never shows, as a line for
     * people.
     */
    public static String ofUnseenRenders(AutoencoderKL vae, int side, Kernels kernels) {
        World unseen = World.judging(UNSEEN_SEED, 1);
        List<RgbImage> pictures = IntStream.range(0, UNSEEN)
                .mapToObj(i -> Renderer.render(unseen.shot(i), side))
                .toList();
        return meanPsnr(vae, pictures, kernels) + " on " + UNSEEN + " renders that training did not see";
    }

    /** What it keeps of pictures of its size, as the beginning of a line for people. */
    public static String meanPsnr(AutoencoderKL vae, List<RgbImage> pictures, Kernels kernels) {
        double sum = 0;
        for (int from = 0; from < pictures.size(); from += BATCH) {
            List<RgbImage> batch = pictures.subList(from, Math.min(pictures.size(), from + BATCH));
            List<RgbImage> back = of(vae, batch, kernels);
            for (int i = 0; i < back.size(); i++) {
                sum += psnr(batch.get(i), back.get(i));
            }
        }
        return String.format(Locale.ROOT, "%.1f dB", sum / pictures.size());
    }
}
