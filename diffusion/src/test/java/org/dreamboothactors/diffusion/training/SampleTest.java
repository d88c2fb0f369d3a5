package org.dreamboothactors.diffusion.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.dreamboothactors.diffusion.TrainingData;
import org.dreamboothactors.diffusion.images.RgbImage;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.dreamboothactors.diffusion.schedulers.Draws;
import org.dreamboothactors.diffusion.weights.Safetensors;
import org.dreamboothactors.diffusion.weights.pickle.LatentFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SampleTest {
    private static final int SIDE = 4;

    /** Whose encoder says where the upper left corner of the square lay. */
    private static Sample.Photo photo(int width, int height, long seed) {
        byte[] rgb = new byte[width * height * RgbImage.CHANNELS];
        for (int i = 0; i < width * height; i++) {
            rgb[RgbImage.CHANNELS * i] = (byte) (i % width);
            rgb[RgbImage.CHANNELS * i + 1] = (byte) (i / width);
        }
        RgbImage image = new RgbImage(width, height, rgb);
        return new Sample.Photo("photo", () -> image, new Draws(seed), square -> {
            assertThat(square.width()).isEqualTo(SIDE);
            assertThat(square.height()).isEqualTo(SIDE);
            return new float[] {square.rgb()[0], square.rgb()[1]};
        });
    }

    private static Set<Float> seen(Sample.Photo photo, int axis) {
        Set<Float> places = new HashSet<>();
        for (int step = 0; step < 50; step++) {
            places.add(photo.moments(step, 3)[axis]);
        }
        return places;
    }

    @Test
    void aPhotoIsCroppedAtEveryPlaceThatItHasRoomFor() {
        Sample.Photo wide = photo(7, SIDE, 1);
        assertThat(seen(wide, 0)).containsExactlyInAnyOrder(0f, 1f, 2f, 3f);
        assertThat(seen(wide, 1)).containsExactly(0f);

        Sample.Photo tall = photo(SIDE, 6, 1);
        assertThat(seen(tall, 0)).containsExactly(0f);
        assertThat(seen(tall, 1)).containsExactlyInAnyOrder(0f, 1f, 2f);
    }

    @Test
    void theCropDependsOnSeedStepAndPlaceAlone() {
        Sample.Photo photo = photo(104, SIDE, 1);
        float[] first = photo.moments(5, 2);
        var _ = photo.moments(6, 2);

        assertThat(photo.moments(5, 2)).isEqualTo(first);
        assertThat(photo(104, SIDE, 1).moments(5, 2)).isEqualTo(first);
        assertThat(photo.moments(6, 2)).isNotEqualTo(first);
        assertThat(photo.moments(5, 3)).isNotEqualTo(first);
        assertThat(photo(104, SIDE, 2).moments(5, 2)).isNotEqualTo(first);
    }

    /** Thousands of class images at 1024 pixels are more than a trainer's heap, and go with the trainer. */
    @Test
    void keepsLatentsInTheMemoryOfTheirKernels(@TempDir Path folder) {
        Path file = folder.resolve("a.safetensors");
        float[] moments = {1, -2, 0.5f, 4};
        Kernels kernels = Kernels.open(1);
        Safetensors.write(
                Map.of(LatentFile.MOMENTS, kernels.manager().create(moments, new Shape(2, 1, 2))), Map.of(), file);
        TrainingData data = new TrainingData(List.of(new TrainingData.Latent(file)), List.of());

        Samples samples = Samples.read(data, kernels, new Draws(1), Optional.empty());

        assertThat(samples.width()).isEqualTo(2);
        assertThat(samples.instances().getFirst().moments(3, 1)).containsExactly(moments);
        kernels.close();
        assertThatThrownBy(() -> samples.instances().getFirst().moments(3, 1))
                .isInstanceOf(IllegalStateException.class);
    }
}
