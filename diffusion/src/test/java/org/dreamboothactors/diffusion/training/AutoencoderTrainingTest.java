package org.dreamboothactors.diffusion.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.dreamboothactors.diffusion.RandomModel;
import org.dreamboothactors.diffusion.images.RgbImage;
import org.dreamboothactors.diffusion.kernels.Block;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.dreamboothactors.diffusion.kernels.Tape;
import org.dreamboothactors.diffusion.models.AutoencoderKL;
import org.dreamboothactors.diffusion.training.AutoencoderTraining.LossWeights;
import org.dreamboothactors.diffusion.training.AutoencoderTraining.Losses;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AutoencoderTrainingTest {
    private static final int THREADS = Runtime.getRuntime().availableProcessors();
    private static final Path TOKENIZER = Path.of("src/test/resources/golden/clip-tokenizer");

    @TempDir
    Path folder;

    private static List<RgbImage> pictures() {
        List<RgbImage> pictures = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            byte[] rgb = new byte[16 * 16 * RgbImage.CHANNELS];
            for (int j = 0; j < rgb.length; j++) {
                rgb[j] = (byte) (40 * i + 60 * (j % 3) + j / 48);
            }
            pictures.add(new RgbImage(16, 16, rgb));
        }
        return pictures;
    }

    private static AutoencoderTraining training(Path model, Kernels kernels) {
        return new AutoencoderTraining(
                kernels,
                AutoencoderKL.load(model.resolve("vae"), kernels),
                new Optimizer.Hyperparameters(LearningRate.constant(3e-3), .9, .99, 1e-8, 0),
                1,
                new LossWeights(.5, 1e-7),
                4);
    }

    @Test
    void learnsToKeepPicturesAndGoesOnFromItsState() {
        RandomModel.write(folder, RandomModel.Size.TINY, TOKENIZER);
        Path state = folder.resolve("state");
        try (Kernels kernels = Kernels.open(THREADS)) {
            AutoencoderTraining training = training(folder, kernels);
            Losses first = training.step(pictures());
            for (int i = 0; i < 38; i++) {
                training.step(pictures());
            }
            training.save(state);
            Losses last = training.step(pictures());
            AutoencoderTraining again = training(folder, kernels);
            again.restore(state);

            assertThat(last.psnr()).isGreaterThan(first.psnr() + 3);
            assertThat(again.steps()).isEqualTo(39);
            assertThat(again.step(pictures())).isEqualTo(last);
        }
    }

    /** The kernel against the formulas, in fp64. */
    @Test
    void weighsErrorsEdgesAndDivergence() {
        Random random = new Random(1);
        float[] said = numbers(random, 2 * 3 * 4 * 4);
        float[] image = numbers(random, said.length);
        float[] moments = numbers(random, 2 * 4 * 2 * 2);
        double absolute = 0;
        double squared = 0;
        for (int i = 0; i < said.length; i++) {
            double error = (double) said[i] - image[i];
            absolute += Math.abs(error) / said.length;
            squared += error * error / said.length;
        }
        double across = 0;
        double down = 0;
        int edges = 2 * 3 * 4 * 3;
        for (int i = 0; i < said.length; i++) {
            if (i % 4 < 3) {
                across += Math.abs(said[i + 1] - image[i + 1] - said[i] + image[i]) / edges;
            }
            if (i / 4 % 4 < 3) {
                down += Math.abs(said[i + 4] - image[i + 4] - said[i] + image[i]) / edges;
            }
        }
        double nats = 0;
        for (int b = 0; b < 2; b++) {
            for (int i = 0; i < 8; i++) {
                double mean = moments[16 * b + i];
                double logVariance = moments[16 * b + 8 + i];
                nats += .5 * (mean * mean + Math.exp(logVariance) - logVariance - 1) / 2;
            }
        }
        try (Kernels kernels = Kernels.open(THREADS);
                Tape tape = Tape.learning(kernels)) {
            NDManager manager = tape.manager();
            Block loss = new Block("vae_loss", "", Map.of(), List.of(kernels.number(.25), kernels.number(.125)));
            Shape pixels = new Shape(2, 3, 4, 4);
            NDArray found = tape.run(
                            loss,
                            tape.input(manager.create(said, pixels)),
                            tape.input(manager.create(image, pixels)),
                            tape.input(manager.create(moments, new Shape(2, 4, 2, 2))))
                    .array();

            float[] values = found.toFloatArray();
            double total = absolute + .25 * (across + down) + .125 * nats;
            assertThat((double) values[0]).isCloseTo(total, within(1e-5));
            assertThat((double) values[1]).isCloseTo(absolute, within(1e-5));
            assertThat((double) values[2]).isCloseTo(squared, within(1e-5));
            assertThat((double) values[3]).isCloseTo(nats, within(1e-5));
        }
    }

    private static float[] numbers(Random random, int count) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
        return numbers;
    }
}
