package org.dreamboothactors.diffusion.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;
import java.util.function.Function;
import org.dreamboothactors.diffusion.kernels.BlockRuns;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.dreamboothactors.diffusion.kernels.PackedParameters;
import org.dreamboothactors.diffusion.kernels.Tape;
import org.dreamboothactors.diffusion.kernels.Tape.Value;
import org.dreamboothactors.diffusion.weights.Weights;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Models that only go forward, beside the same ones in fp32 and in bf16 as it learns. */
final class PackedModelsTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden");
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

    @Test
    void aPackedUNetIsAsNearToFp32AsOneThatLearns() {
        Path folder = GOLDEN.resolve("unet-sd1/model");
        UNet2DConditionModel exact = UNet2DConditionModel.load(folder, kernels);
        UNet2DConditionModel rounded =
                UNet2DConditionModel.load(folder, kernels, weights -> weights.computing(BlockRuns.BF16, kernels));
        NDArray sample = random(exact.latents(2, 12, 16)); // at the least, 3 rows of 4
        NDArray text = random(new Shape(2, 77, exact.config().crossAttentionDim()));
        Function<UNet2DConditionModel, NDArray> noise = model ->
                forward(tape -> model.forward(tape, sample, manager.create(new float[] {801, 3}), tape.input(text)));
        NDArray wanted = noise.apply(exact);

        double packed = runs.error(noise.apply(rounded.packed(kernels)), wanted);

        assertThat(packed).isLessThan(OF_BF16).isLessThan(AS_GOOD * runs.error(noise.apply(rounded), wanted));
    }

    @Test
    void aPackedDecoderDrawsTheSamePicture() {
        Path folder = GOLDEN.resolve("vae/model");
        Weights weights = AutoencoderKL.weights(folder, kernels);
        AutoencoderKL exact = AutoencoderKL.over(folder, weights, kernels);
        NDArray latents = random(new Shape(1, exact.config().latentChannels(), 6, 8));
        NDArray wanted = forward(tape -> exact.decode(tape, latents));

        NDArray drawn = forward(tape -> exact.packed(kernels).decode(tape, latents));

        assertThat(drawn.getDataType()).isEqualTo(DataType.FLOAT32);
        assertThat(runs.error(drawn, wanted)).isPositive().isLessThan(OF_BF16);
    }

    private NDArray forward(Function<Tape, Value> pass) {
        try (Tape tape = Tape.forward(kernels)) {
            NDArray result = pass.apply(tape).array();
            result.attach(manager);
            return result;
        }
    }

    private NDArray random(Shape shape) {
        return manager.randomNormal(0, 1, shape, DataType.FLOAT32);
    }
}
