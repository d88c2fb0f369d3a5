package org.dreamboothactors.diffusion.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.dreamboothactors.diffusion.images.RgbImage;
import org.dreamboothactors.diffusion.schedulers.Draws;
import org.junit.jupiter.api.Test;

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

    /** Thousands of class images at 1024 pixels are more than a trainer's heap. */
    @Test
    void keepsLatentsBesideTheHeap() {
        float[] moments = {1, -2, 0.5f};
        Sample.Latent latent = Sample.Latent.of("a", moments);

        assertThat(latent.kept().isNative()).isTrue();
        assertThat(latent.moments(3, 1)).containsExactly(moments);
    }
}
