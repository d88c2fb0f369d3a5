package org.dreamboothactors.diffusion.weights.pickle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LatentFileTest {
    @TempDir
    Path folder;

    @Test
    void readsWhatItWroteAndWritesTheSameBytesAgain() throws IOException {
        LatentFile latent = new LatentFile(new Shape(2, 1, 3), new float[] {1, -2, 3, -30, 20, 1e-20f});
        Path file = folder.resolve("instance_image_cache_0.pt");

        latent.write(file);
        byte[] first = Files.readAllBytes(file);
        latent.write(file);

        assertThat(LatentFile.read(file).shape()).isEqualTo(new Shape(2, 1, 3));
        assertThat(LatentFile.read(file).moments()).containsExactly(1, -2, 3, -30, 20, 1e-20f);
        assertThat(Files.readAllBytes(file)).isEqualTo(first);
    }

    @Test
    void keepsItsNumbersAsSafetensors() {
        LatentFile latent = new LatentFile(new Shape(2, 1, 3), new float[] {1, -2, 3, -30, 20, 1e-20f});
        Path file = folder.resolve("moments.safetensors");

        latent.writeSafetensors(file);

        assertThat(LatentFile.readSafetensors(file).shape()).isEqualTo(latent.shape());
        assertThat(LatentFile.readSafetensors(file).moments()).containsExactly(latent.moments());
    }

    @Test
    void refusesMoreNumbersThanAnyPictureHas() throws IOException {
        int numbers = 8 * 1024 * 1025;
        Path file = new PickleZip()
                .tensor("0", numbers, 0, new int[] {8, 1024, 1025}, new int[] {1024 * 1025, 1025, 1})
                .member("archive/data/0", new byte[numbers * Float.BYTES])
                .write(folder.resolve("vast.pt"));

        assertThatThrownBy(() -> LatentFile.read(file))
                .hasMessageContaining("(8, 1024, 1025)")
                .hasMessageContaining("at most");
    }

    @Test
    void refusesNumbersThatAreNotFinite() throws IOException {
        Path file = new PickleZip()
                .tensor("0", 2, 0, new int[] {2, 1, 1}, new int[] {1, 1, 1})
                .member("archive/data/0", PickleZip.floats(0, Float.NaN))
                .write(folder.resolve("nan.pt"));

        assertThatThrownBy(() -> LatentFile.read(file))
                .hasMessageContaining("they hold NaN")
                .hasMessageContaining(file.toString());
    }

    @Test
    void refusesAShapeThatIsNoMoments() throws IOException {
        Path file = new PickleZip()
                .tensor("0", 3, 0, new int[] {3, 1, 1}, new int[] {1, 1, 1})
                .member("archive/data/0", new byte[12])
                .write(folder.resolve("odd.pt"));

        assertThatThrownBy(() -> LatentFile.read(file))
                .hasMessageContaining("(3, 1, 1)")
                .hasMessageContaining("(8, h, w)");
    }

    @Test
    void refusesAFileOfSomethingElse() throws IOException {
        Path file = new PickleZip().op('}').write(folder.resolve("dict.pt"));

        assertThatThrownBy(() -> LatentFile.read(file)).hasMessageContaining("holds no single tensor");
    }
}
