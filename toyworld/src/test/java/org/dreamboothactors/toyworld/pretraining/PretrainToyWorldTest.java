package org.dreamboothactors.toyworld.pretraining;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import org.dreamboothactors.diffusion.Drawing;
import org.dreamboothactors.diffusion.StableDiffusion;
import org.dreamboothactors.diffusion.images.Png;
import org.dreamboothactors.diffusion.schedulers.SamplerKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PretrainToyWorldTest {
    private static final int THREADS = Runtime.getRuntime().availableProcessors();
    private static final Recipe TINY = Recipe.read(Path.of("src/test/resources/pretraining/tiny.yaml"));
    private static final String COMMIT = "0123abc";
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.EPOCH);

    @TempDir
    Path folder;

    private static final class PowerCut extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private Path pretrain(Path work, Consumer<String> screen) {
        Path out = work.resolve("finished");
        new PretrainToyWorld(TINY, work, THREADS, CLOCK, screen).run(out, COMMIT);
        return out;
    }

    /** Ends when something is said that contains {@code words}. */
    private void interrupted(Path work, String words) {
        assertThatThrownBy(() -> pretrain(work, line -> {
                    if (line.contains(words)) {
                        throw new PowerCut();
                    }
                }))
                .isInstanceOf(PowerCut.class);
    }

    @Test
    void goesOnAfterInterruptionsWithTheBitsOfAnUninterruptedRun() {
        Path undisturbed = pretrain(folder.resolve("one"), line -> {});

        Path work = folder.resolve("other");
        interrupted(work, "autoencoder 3 of 5"); // a state of step 2 lies there
        interrupted(work, "autoencoder 5 of 5");
        interrupted(work, "judge 3 of 5");
        interrupted(work, "latents: 8 of 8");
        interrupted(work, "denoiser 1 of 5");
        interrupted(work, "denoiser 4 of 5");
        Path resumed = pretrain(work, line -> {});

        assertThat(ModelCard.digests(resumed)).isEqualTo(ModelCard.digests(undisturbed));
        assertThat(resumed.resolve("base-model/README.md"))
                .hasSameTextualContentAs(undisturbed.resolve("base-model/README.md"));
    }

    @Test
    void makesAModelThatDrawsAndACardThatTellsItsDigests() throws Exception {
        Path model = pretrain(folder, line -> {}).resolve("base-model");
        Path pictures = folder.resolve("pictures");
        try (StableDiffusion diffusion = StableDiffusion.open(model, THREADS)) {
            Drawing drawing = new Drawing(
                    List.of("a photo of a sks teapot: çà, 日本"), List.of(1L), SamplerKind.DDIM, 2, 0, 4, "", 16, 16, 1);
            diffusion.draw(drawing, pictures, (done, all) -> {});
        }

        assertThat(Png.read(pictures.resolve("0.png")).width()).isEqualTo(16);
        assertThat(ModelCard.toldDigests(model))
                .isEqualTo(ModelCard.digests(model))
                .hasSize(11);
        Path judge = model.resolveSibling("judge");
        assertThat(ModelCard.toldDigests(judge))
                .isEqualTo(ModelCard.digests(judge))
                .hasSize(7);
        assertThat(Files.readString(model.resolve("README.md"))).contains(COMMIT);
        assertThat(folder.resolve("sheets/denoiser-5.png")).isNotEmptyFile();
    }

    @Test
    void refusesTheFolderOfAnotherRecipe() {
        interrupted(folder, "pictures of the toy world");

        assertThatThrownBy(() -> new PretrainToyWorld(TINY.scaledTo(2), folder, THREADS, CLOCK, line -> {}))
                .hasMessageContaining("another recipe");
    }
}
