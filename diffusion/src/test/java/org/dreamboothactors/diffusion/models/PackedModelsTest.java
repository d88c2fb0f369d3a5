package org.dreamboothactors.diffusion.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.dreamboothactors.diffusion.kernels.Arithmetic;
import org.dreamboothactors.diffusion.kernels.BlockRuns;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.dreamboothactors.diffusion.kernels.PackedParameters;
import org.dreamboothactors.diffusion.kernels.Tape;
import org.dreamboothactors.diffusion.kernels.Tape.Value;
import org.dreamboothactors.diffusion.lora.LoraLayers;
import org.dreamboothactors.diffusion.lora.LoraSettings;
import org.dreamboothactors.diffusion.schedulers.Draws;
import org.dreamboothactors.diffusion.schedulers.Draws.Purpose;
import org.dreamboothactors.diffusion.weights.Weights;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models that only go forward, beside the same ones in fp32 and in bf16 as it learns. */
final class PackedModelsTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden");
    private static final Path UNET = GOLDEN.resolve("unet-sd1/model");
    private static final Path VAE = GOLDEN.resolve("vae/model");
    private static final double AS_GOOD = 1.5; // times the error of bf16 as it learns
    private static final double OF_BF16 = 0.02; // of the norm; bf16 keeps 8 bits

    private final Kernels kernels = Kernels.open(Runtime.getRuntime().availableProcessors());
    private final NDManager manager = kernels.manager();
    private final BlockRuns runs = new BlockRuns(kernels);

    @BeforeEach
    void onSuchAProcessor() {
        assumeThat(PackedParameters.exist(kernels))
                .as("oneDNN packs bf16 only for processors that multiply it, this one has %s", kernels.processor())
                .isTrue();
    }

    @AfterEach
    void close() {
        kernels.close();
    }

    /** The second one projects tokens linearly, as Stable Diffusion 2 does. */
    @ParameterizedTest
    @ValueSource(strings = {"unet-sd1/model", "settings/training-v-no-prior/unet"})
    void aPackedUNetIsAsNearToFp32AsOneThatLearns(String golden) {
        Path folder = GOLDEN.resolve(golden);
        UNet2DConditionModel exact = UNet2DConditionModel.load(folder, kernels);
        UNet2DConditionModel rounded =
                UNet2DConditionModel.load(folder, kernels, weights -> weights.computing(Arithmetic.BF16, kernels));
        NDArray wanted = predicted(exact);

        double packed = runs.error(predicted(rounded.packed(kernels)), wanted);

        assertThat(packed).isLessThan(OF_BF16).isLessThan(AS_GOOD * runs.error(predicted(rounded), wanted));
    }

    /** Beside the queries, or GEGLU's first product, which are packed with others where there are none. */
    @ParameterizedTest
    @ValueSource(strings = {"to_q", "to_v", "to_out.0", "ff.net.0.proj", "proj_in", "conv1", "downsamplers.0.conv"})
    void adaptersCountBesidePackedWeights(String target) {
        UNet2DConditionModel plain = UNet2DConditionModel.load(UNET, kernels);
        UNet2DConditionModel exact = UNet2DConditionModel.load(UNET, kernels, weights -> adapted(weights, target));
        UNet2DConditionModel rounded = UNet2DConditionModel.load(
                UNET, kernels, weights -> besides(weights.computing(Arithmetic.BF16, kernels), exact.weights()));
        NDArray wanted = predicted(exact);

        double packed = runs.error(predicted(rounded.packed(kernels)), wanted);

        assertThat(packed).isLessThan(AS_GOOD * runs.error(predicted(rounded), wanted));
        assertThat(runs.error(predicted(plain), wanted)).isGreaterThan(10 * packed);
    }

    /** The adapters of {@code adapted} beside other weights of the same layers. */
    private static Weights besides(Weights base, Weights adapted) {
        SortedMap<String, NDArray> all = new TreeMap<>(adapted.byName());
        all.putAll(base.byName());
        return new Weights(base.part(), all, base.arithmetic());
    }

    private Weights adapted(Weights weights, String target) {
        LoraSettings settings = new LoraSettings(4, 4, Map.of(weights.part(), List.of(target)));
        Weights adapted = LoraLayers.fresh(weights, settings, 1, kernels);
        adapted.byName().forEach((name, array) -> {
            if (name.endsWith(".lora_B.weight")) {
                kernels.assign(array, random(array.getShape()));
            }
        });
        return adapted;
    }

    @Test
    void aPackedDecoderDrawsTheSamePicture() {
        AutoencoderKL exact = AutoencoderKL.load(VAE, kernels);
        NDArray latents = random(new Shape(1, exact.config().latentChannels(), 6, 8));
        NDArray wanted = forward(tape -> exact.decode(tape, latents));

        NDArray drawn = forward(tape -> exact.packedDecoder(kernels).decode(tape, latents));

        assertThat(drawn.getDataType()).isEqualTo(DataType.FLOAT32);
        assertThat(runs.error(drawn, wanted)).isPositive().isLessThan(OF_BF16);
    }

    private NDArray predicted(UNet2DConditionModel model) {
        NDArray sample = random(model.latents(2, 12, 16)); // at the least, a few rows of a few pixels
        NDArray text = random(new Shape(2, 77, model.config().crossAttentionDim()));
        NDArray timesteps = manager.create(new float[] {801, 3});
        return forward(tape -> model.forward(tape, sample, timesteps, tape.input(text)));
    }

    private NDArray forward(Function<Tape, Value> pass) {
        try (Tape tape = Tape.forward(kernels)) {
            NDArray result = pass.apply(tape).array();
            result.attach(manager);
            return result;
        }
    }

    private NDArray random(Shape shape) {
        int count = Math.toIntExact(shape.size());
        return manager.create(new Draws(1).gaussian(Purpose.LATENT, 0, count, count), shape);
    }
}
