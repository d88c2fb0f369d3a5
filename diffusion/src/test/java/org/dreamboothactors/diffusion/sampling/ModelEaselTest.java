package org.dreamboothactors.diffusion.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.dreamboothactors.diffusion.kernels.Arithmetic;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.dreamboothactors.diffusion.kernels.PackedParameters;
import org.dreamboothactors.diffusion.models.AutoencoderKL;
import org.dreamboothactors.diffusion.models.CLIPTextModel;
import org.dreamboothactors.diffusion.models.UNet2DConditionModel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ModelEaselTest {
    private static final Path MODEL = Path.of("src/test/resources/golden/pipeline-ddim");
    private static final String PACKED = "mid_block.attentions.0.transformer_blocks.0.attn1.to_qkv.weight";
    private static final int SIDE = 8;

    private final Kernels kernels = Kernels.open(Runtime.getRuntime().availableProcessors());

    @AfterEach
    void close() {
        kernels.close();
    }

    @Test
    void lendsPackedModelsInBf16AndFreesThem() {
        assumeThat(PackedParameters.exist(kernels))
                .as("oneDNN packs bf16 only for processors that multiply it, this one has %s", kernels.processor())
                .isTrue();
        ModelEasel easel = easel(Arithmetic.BF16);
        float[] before = predicted(easel);
        int arrays = kernels.manager().getManagedArrays().size();
        List<ModelEasel> lent = new ArrayList<>();
        List<float[]> predictions = new ArrayList<>();

        for (int i = 0; i < 2; i++) {
            easel.whileDrawing(each -> {
                lent.add(each);
                predictions.add(predicted(each));
            });
        }

        assertThat(lent).allSatisfy(each -> {
            assertThat(each.unet().weights().byName()).containsKey(PACKED);
            assertThat(each.kernels().manager().isOpen()).isFalse();
        });
        assertThat(predictions.getFirst()).isEqualTo(predictions.getLast()).isNotEqualTo(before);
        assertThat(predicted(easel)).as("its own are as they were").isEqualTo(before);
        assertThat(kernels.manager().getManagedArrays()).hasSize(arrays);
    }

    @Test
    void lendsItselfInFp32() {
        ModelEasel easel = easel(Arithmetic.PLAIN);
        List<ModelEasel> lent = new ArrayList<>();

        easel.whileDrawing(lent::add);

        assertThat(lent).singleElement().isSameAs(easel);
    }

    private ModelEasel easel(Arithmetic arithmetic) {
        return new ModelEasel(
                kernels,
                text -> new long[] {},
                CLIPTextModel.load(MODEL.resolve(CLIPTextModel.PART), kernels),
                UNet2DConditionModel.load(
                        MODEL.resolve(UNet2DConditionModel.PART),
                        kernels,
                        weights -> weights.computing(arithmetic, kernels)),
                AutoencoderKL.load(MODEL.resolve(AutoencoderKL.PART), kernels));
    }

    private static float[] predicted(ModelEasel easel) {
        float[] latents = new float[easel.latentChannels() * SIDE * SIDE];
        for (int i = 0; i < latents.length; i++) {
            latents[i] = (float) Math.sin(Math.pow(i, 1.5));
        }
        long[] ids = {1, 2, 3};
        return easel.predictor(List.of(ids), new long[] {3, 2, 1}, SIDE, SIDE)
                .predict(latents, 500)
                .wanted();
    }
}
