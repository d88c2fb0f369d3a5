package org.dreamboothactors.diffusion.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.dreamboothactors.diffusion.RandomModel;
import org.dreamboothactors.diffusion.images.RgbImage;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.dreamboothactors.diffusion.kernels.Tape;
import org.dreamboothactors.diffusion.models.AutoencoderKL;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CentredLatentsTest {
    private static final int THREADS = Runtime.getRuntime().availableProcessors();
    private static final Path TOKENIZER = Path.of("src/test/resources/golden/clip-tokenizer");
    private static final int CHANNELS = 4;

    @TempDir
    Path folder;

    private static List<RgbImage> pictures() {
        Random random = new Random(5);
        List<RgbImage> pictures = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            byte[] rgb = new byte[16 * 16 * RgbImage.CHANNELS];
            random.nextBytes(rgb);
            pictures.add(new RgbImage(16, 16, rgb));
        }
        return pictures;
    }

    /** From the means of the moments, without noise. */
    private static float[] reconstructed(AutoencoderKL vae, List<RgbImage> pictures, Kernels kernels) {
        try (Tape tape = Tape.forward(kernels)) {
            NDArray moments = vae.encode(tape, AutoencoderTraining.planes(pictures, tape.manager()))
                    .array();
            return vae.decode(tape, moments.split(2, 1).getFirst()).array().toFloatArray();
        }
    }

    @Test
    void givesEveryChannelMeanZeroAndDeviationOneAndLeavesPicturesAsTheyAre() throws Exception {
        RandomModel.write(folder.resolve("model"), RandomModel.Size.TINY, TOKENIZER);
        Path part = folder.resolve("model/vae");
        Path centred = Files.createDirectories(folder.resolve("centred"));
        Files.copy(part.resolve("config.json"), centred.resolve("config.json"));
        List<RgbImage> pictures = pictures();
        try (Kernels kernels = Kernels.open(THREADS)) {
            AutoencoderKL before = AutoencoderKL.load(part, kernels);
            CentredLatents.write(before, pictures, kernels, centred.resolve("diffusion_pytorch_model.safetensors"));
            AutoencoderKL after = AutoencoderKL.load(centred, kernels);

            float[] moments = CentredLatents.moments(after, pictures, kernels);
            int area = moments.length / pictures.size() / CHANNELS / 2;
            for (int c = 0; c < CHANNELS; c++) {
                double sum = 0;
                double squares = 0;
                for (int i = 0; i < pictures.size(); i++) {
                    for (int j = 0; j < area; j++) {
                        double value = moments[(2 * CHANNELS * i + c) * area + j];
                        sum += value;
                        squares += value * value;
                    }
                }
                int count = pictures.size() * area;
                assertThat(sum / count).isCloseTo(0, within(1e-3));
                assertThat(squares / count).isCloseTo(1, within(1e-3));
            }
            List<RgbImage> few = pictures.subList(0, 4);
            assertThat(reconstructed(after, few, kernels))
                    .usingComparatorWithPrecision(1e-4f) // two roundings more
                    .containsExactly(reconstructed(before, few, kernels));
        }
    }
}
