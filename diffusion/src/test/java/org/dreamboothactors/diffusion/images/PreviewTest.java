package org.dreamboothactors.diffusion.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreviewTest {
    @TempDir
    Path folder;

    private Path png(int width, int height) throws Exception {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int x = 0; x < width; x++) {
            image.setRGB(x, height / 2, x % 256);
        }
        Path file = folder.resolve(width + ".png");
        ImageIO.write(image, "png", file.toFile());
        return file;
    }

    @Test
    void takesEveryNthPixelOfALargePicture() throws Exception {
        BufferedImage small = Preview.read(png(1000, 400), 250);

        assertThat(small.getWidth()).isEqualTo(250);
        assertThat(small.getHeight()).isEqualTo(100);
        assertThat(small.getRGB(10, 50) & 0xff).isEqualTo(40);
    }

    @Test
    void leavesASmallPictureAsItIs() throws Exception {
        Path file = png(300, 200);

        assertThat(Preview.read(file, 250).getWidth()).isEqualTo(300);
        assertThat(Preview.read(Files.readAllBytes(file), 250).getRGB(299, 100) & 0xff)
                .isEqualTo(43);
    }

    @Test
    void refusesWhatIsNoPng() throws Exception {
        Path file = Files.writeString(folder.resolve("text.png"), "<script>");

        assertThatThrownBy(() -> Preview.read(file, 250))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("text.png");
    }
}
