package org.dreamboothactors.diffusion;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.dreamboothactors.diffusion.images.Png;
import org.dreamboothactors.diffusion.images.RgbImage;
import org.dreamboothactors.diffusion.schedulers.SamplerKind;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class StableDiffusionTest {
    private static final Path TOKENIZER = Path.of("src/test/resources/golden/clip-tokenizer");

    @TempDir
    static Path shared;

    private static StableDiffusion diffusion;

    @BeforeAll
    static void open() {
        RandomModel.write(shared.resolve("model"), RandomModel.Size.TINY, TOKENIZER);
        diffusion = StableDiffusion.open(
                shared.resolve("model"), Runtime.getRuntime().availableProcessors());
    }

    @AfterAll
    static void close() {
        diffusion.close();
    }

    private static byte[] picture(Path folder, int index) {
        return Png.read(folder.resolve(index + ".png")).rgb();
    }

    private static int largestDifference(byte[] a, byte[] b) {
        assertThat(a).hasSameSizeAs(b);
        return IntStream.range(0, a.length)
                .map(i -> Math.abs(Byte.toUnsignedInt(a[i]) - Byte.toUnsignedInt(b[i])))
                .max()
                .orElse(0);
    }

    @ParameterizedTest
    @EnumSource
    void aPictureIsTheSameInAnotherBatchAtAnotherPlace(SamplerKind sampler, @TempDir Path folder) {
        diffusion.draw(
                drawing(List.of("a cat", "a dog", "a red teapot"), List.of(1L, 2L, 3L), sampler, "", 3),
                folder.resolve("three"),
                (done, total) -> {});
        diffusion.draw(
                drawing(List.of("a red teapot", "a cat"), List.of(3L, 9L), sampler, "", 1),
                folder.resolve("one"),
                (done, total) -> {});

        byte[] together = picture(folder.resolve("three"), 2);
        assertThat(largestDifference(together, picture(folder.resolve("one"), 0)))
                .isLessThanOrEqualTo(1);
        assertThat(largestDifference(together, picture(folder.resolve("three"), 0)))
                .isGreaterThan(1);
    }

    @Test
    void drawsNearlyTheSameInBf16(@TempDir Path folder) {
        Drawing drawing = drawing(List.of("a cat"), List.of(1L), SamplerKind.DPMPP_2M, "", 1);
        diffusion.draw(drawing, folder.resolve("fp32"), (_, _) -> {});
        try (StableDiffusion rounded = StableDiffusion.open(
                shared.resolve("model"),
                Runtime.getRuntime().availableProcessors(),
                ComputePrecision.BF16,
                Optional.empty())) {
            rounded.draw(drawing, folder.resolve("bf16"), (_, _) -> {});
        }

        byte[] exact = picture(folder.resolve("fp32"), 0);
        byte[] near = picture(folder.resolve("bf16"), 0);
        assertThat(near).isNotEqualTo(exact);
        assertThat(largestDifference(exact, near)).isLessThanOrEqualTo(8);
    }

    @Test
    void theNegativePromptPushesAway(@TempDir Path folder) {
        List<String> prompt = List.of("a cat");
        diffusion.draw(
                drawing(prompt, List.of(1L), SamplerKind.DDIM, "", 1), folder.resolve("plain"), (done, total) -> {});
        diffusion.draw(
                drawing(prompt, List.of(1L), SamplerKind.DDIM, "blurred", 1),
                folder.resolve("sharp"),
                (done, total) -> {});

        assertThat(largestDifference(picture(folder.resolve("plain"), 0), picture(folder.resolve("sharp"), 0)))
                .isGreaterThan(0);
    }

    @Test
    void etaIsTheShareOfFreshNoise(@TempDir Path folder) {
        for (double eta : new double[] {0, 1}) {
            diffusion.draw(
                    new Drawing(List.of("a"), List.of(1L), SamplerKind.DDIM, 4, eta, 2, "", 32, 32, 1),
                    folder.resolve("eta" + eta),
                    (done, total) -> {});
        }

        assertThat(largestDifference(picture(folder.resolve("eta0.0"), 0), picture(folder.resolve("eta1.0"), 0)))
                .isGreaterThan(1);
    }

    @ParameterizedTest
    @CsvSource({"8, 8", "24, 40", "56, 8"})
    void drawsAnySizeThatIsAMultipleOfEight(int width, int height, @TempDir Path folder) {
        diffusion.draw(
                new Drawing(List.of("a"), List.of(1L), SamplerKind.EULER, 2, 0, 2, "", width, height, 1),
                folder,
                (done, total) -> {});

        RgbImage image = Png.read(folder.resolve("0.png"));
        assertThat(image.width()).isEqualTo(width);
        assertThat(image.height()).isEqualTo(height);
    }

    private static Drawing drawing(
            List<String> prompts, List<Long> seeds, SamplerKind sampler, String negativePrompt, int batch) {
        return new Drawing(prompts, seeds, sampler, 4, 0, 4, negativePrompt, 40, 32, batch);
    }
}
