package org.dreamboothactors.diffusion.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.dreamboothactors.diffusion.NonFiniteLoss;
import org.dreamboothactors.diffusion.images.RgbImage;
import org.dreamboothactors.diffusion.kernels.Block;
import org.dreamboothactors.diffusion.kernels.Gradients;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.dreamboothactors.diffusion.kernels.Tape;
import org.dreamboothactors.diffusion.kernels.Tape.Value;
import org.dreamboothactors.diffusion.models.AutoencoderKL;
import org.dreamboothactors.diffusion.schedulers.Draws;
import org.dreamboothactors.diffusion.schedulers.Draws.Purpose;

/**
 * Trains an autoencoder: pictures through noisy latents and back (Kingma and Welling 2014; Rombach et al. 2022, section
 * 3.1, without its adversary). Owned by the thread of its kernels.
 */
public final class AutoencoderTraining {
    private final Kernels kernels;
    private final AutoencoderKL vae;
    private final WeightUpdates updates;
    private final Draws draws;
    private final Block sample = new Block("vae_sample", "", Map.of(), List.of());
    private final Block loss;
    private long stepsDone;

    /**
     * How the loss weighs, beside the mean absolute error.
     *
     * @param edges of the mean absolute error of differences between neighbours: blurred edges cost more
     * @param divergence of the latents from unit noise, in nats a picture
     */
    public record LossWeights(double edges, double divergence) {}

    /**
     * What a step found.
     *
     * @param absolute mean absolute error of pixels in [-1, 1]
     * @param squared mean squared error
     * @param nats divergence of a picture's latents from unit noise
     */
    public record Losses(double total, double absolute, double squared, double nats) {
        private static final double RANGE = 2;

        /** Peak signal-to-noise ratio in dB. */
        public double psnr() {
            return 10 * Math.log10(RANGE * RANGE / squared);
        }
    }

    /** All of {@code vae} learns; {@code seed} is of the noise in the latents. */
    public AutoencoderTraining(
            Kernels kernels,
            AutoencoderKL vae,
            Optimizer.Hyperparameters settings,
            double maxGradNorm,
            LossWeights weights,
            long seed) {
        this.kernels = kernels;
        this.vae = vae;
        this.draws = new Draws(seed);
        vae.weights().learn();
        updates = new WeightUpdates(
                kernels,
                List.of(Optimizer.of(OptimizerKind.ADAMW, kernels, vae.weights(), settings)),
                Optional.empty(),
                maxGradNorm);
        loss = new Block(
                "vae_loss",
                "",
                Map.of(),
                List.of(kernels.number(weights.edges()), kernels.number(weights.divergence())));
    }

    /** Steps done. */
    public long steps() {
        return stepsDone;
    }

    /** One step on pictures of one size; throws {@link NonFiniteLoss} with the weights as they were. */
    public Losses step(List<RgbImage> pictures) {
        long step = stepsDone + 1;
        try (Tape tape = Tape.learning(kernels);
                NDManager scratch = kernels.manager().newSubManager()) {
            Value losses = losses(tape, pictures, step);
            Losses found = found(losses);
            if (!Double.isFinite(found.total())) {
                throw new NonFiniteLoss(step, found.total(), List.of());
            }
            Gradients gradients = new Gradients(scratch);
            tape.back(losses, tape.manager().create(new float[] {1, 0, 0, 0}), gradients);
            double norm = updates.step(step, gradients.byName(), scratch);
            if (!Double.isFinite(norm)) {
                throw new NonFiniteLoss(step, norm, List.of());
            }
            stepsDone = step;
            return found;
        }
    }

    private Value losses(Tape tape, List<RgbImage> pictures, long step) {
        NDArray images = planes(pictures, tape.manager());
        Value moments = vae.encode(tape, images);
        Shape shape = moments.array().getShape(); // (B, 2 C, h, w)
        Shape half = new Shape(shape.get(0), shape.get(1) / 2, shape.get(2), shape.get(3));
        float[] noise = draws.gaussian(Purpose.POSTERIOR, step, 0, Math.toIntExact(half.size()));
        Value latents = tape.run(sample, moments, tape.input(tape.manager().create(noise, half)));
        return tape.run(loss, vae.decode(tape, latents), tape.input(images), moments);
    }

    private static Losses found(Value losses) {
        float[] numbers = losses.array().toFloatArray();
        return new Losses(numbers[0], numbers[1], numbers[2], numbers[3]);
    }

    /** Pictures of one size as (B, 3, H, W). */
    public static NDArray planes(List<RgbImage> pictures, NDManager manager) {
        int width = pictures.getFirst().width();
        int height = pictures.getFirst().height();
        int each = RgbImage.CHANNELS * width * height;
        float[] all = new float[pictures.size() * each];
        for (int i = 0; i < pictures.size(); i++) {
            System.arraycopy(pictures.get(i).toModel(), 0, all, i * each, each);
        }
        return manager.create(all, new Shape(pictures.size(), RgbImage.CHANNELS, height, width));
    }

    /** Weights and moments, by part and name. */
    public SortedMap<String, NDArray> state() {
        return updates.state();
    }

    /** Writes all that the next step depends on, whole or not at all. */
    public void save(Path file) {
        SavedState.write(state(), stepsDone, file);
    }

    /** Goes on from what {@link #save} wrote. */
    public void restore(Path file) {
        stepsDone = SavedState.restore(file, state(), kernels);
    }
}
