package org.dreamboothactors.diffusion.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.dreamboothactors.diffusion.Drawing;
import org.dreamboothactors.diffusion.images.Png;
import org.dreamboothactors.diffusion.images.RgbImage;
import org.dreamboothactors.diffusion.sampling.NoisePredictor.Guided;
import org.dreamboothactors.diffusion.schedulers.SamplerKind;
import org.dreamboothactors.diffusion.schedulers.SchedulerSettings;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PainterTest {

    /** Every prompt draws one grey; latents are the pixels. */
    private static final class Greys implements Easel {
        @Override
        public int latentChannels() {
            return 3;
        }

        @Override
        public int pixelsPerLatent() {
            return 1;
        }

        @Override
        public NoisePredictor predictor(List<String> prompts, String negativePrompt, int width, int height) {
            return (latents, timestep) -> {
                float[] output = latents.clone();
                int each = latents.length / prompts.size();
                for (int i = 0; i < output.length; i++) {
                    output[i] -= prompts.get(i / each).length() * 0.1f;
                }
                return new Guided(output, output);
            };
        }

        @Override
        public RgbImage decode(float[] latent, int width, int height) {
            return RgbImage.fromModel(latent, width, height);
        }
    }

    @ParameterizedTest
    @EnumSource
    void picturesLookTheSameInAnyBatch(SamplerKind sampler, @TempDir Path folder) {
        Painter painter = new Painter(new Greys(), likeStableDiffusion());
        List<String> prompts = List.of("a", "bb", "ccc");
        List<Integer> passes = new ArrayList<>();
        Set<Integer> totals = new HashSet<>();

        List<Path> single = painter.draw(drawing(prompts, sampler, 1), folder.resolve("1"), (done, total) -> {});
        List<Path> paired = painter.draw(drawing(prompts, sampler, 2), folder.resolve("2"), (done, total) -> {
            passes.add(done);
            totals.add(total);
        });

        for (int i = 0; i < 3; i++) {
            assertThat(Png.read(paired.get(i)).rgb())
                    .isEqualTo(Png.read(single.get(i)).rgb());
        }
        assertThat(Arrays.equals(
                        Png.read(single.get(0)).rgb(), Png.read(single.get(1)).rgb()))
                .isFalse();
        assertThat(totals).containsExactly(passes.size());
        assertThat(passes)
                .isEqualTo(IntStream.rangeClosed(1, passes.size()).boxed().toList());
    }

    /** With the defaults of diffusers four steps over Karras sigmas draw all black. */
    private static SchedulerSettings likeStableDiffusion() {
        return new SchedulerSettings(new ObjectMapper()
                .createObjectNode()
                .put("beta_schedule", "scaled_linear")
                .put("beta_start", 0.00085)
                .put("beta_end", 0.012));
    }

    private static Drawing drawing(List<String> prompts, SamplerKind sampler, int batch) {
        return new Drawing(prompts, List.of(1L, 2L, 3L), sampler, 4, 0, 7.5, "", 4, 4, batch);
    }
}
