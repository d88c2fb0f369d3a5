package org.dreamboothactors.diffusion.images;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CropTest {

    /** Red grows to the right, green downwards. */
    private static RgbImage ramp(int width, int height) {
        byte[] rgb = new byte[width * height * 3];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                rgb[(y * width + x) * 3] = (byte) (x * 255 / (width - 1));
                rgb[(y * width + x) * 3 + 1] = (byte) (y * 255 / (height - 1));
            }
        }
        return new RgbImage(width, height, rgb);
    }

    @Test
    void takesTheMiddleOfTheScaledPhoto() {
        RgbImage square = Crop.center(8).apply(ramp(32, 16));

        assertThat(square.width()).isEqualTo(8);
        assertThat(square.height()).isEqualTo(8);
        assertThat(square.at(0, 4, 0)).isBetween(64, 80);
        assertThat(square.at(7, 4, 0)).isBetween(175, 192);
    }

    @Test
    void randomCropFollowsItsSeed() {
        RgbImage photo = ramp(64, 16);
        assertThat(Crop.random(16, 1).apply(photo).rgb())
                .isEqualTo(Crop.random(16, 1).apply(photo).rgb());
        assertThat(Crop.random(16, 1).apply(photo).rgb())
                .isNotEqualTo(Crop.random(16, 2).apply(photo).rgb());
    }

    @Test
    void constantStaysConstantWhenScaled() {
        byte[] grey = new byte[37 * 23 * 3];
        java.util.Arrays.fill(grey, (byte) 200);
        assertThat(Resize.to(new RgbImage(37, 23, grey), 11, 50).rgb()).containsOnly((byte) 200);
    }

    @Test
    void survivesTheModelAndTheFile(@TempDir Path folder) {
        RgbImage image = ramp(16, 16);
        Png.write(RgbImage.fromModel(image.toModel(), 16, 16), folder.resolve("a.png"));
        assertThat(Png.read(folder.resolve("a.png")).rgb()).isEqualTo(image.rgb());
    }
}
