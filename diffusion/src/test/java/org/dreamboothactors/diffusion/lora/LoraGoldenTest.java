package org.dreamboothactors.diffusion.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.dreamboothactors.diffusion.kernels.Tape;
import org.dreamboothactors.diffusion.kernels.Tape.Value;
import org.dreamboothactors.diffusion.models.CLIPTextModel;
import org.dreamboothactors.diffusion.models.UNet2DConditionModel;
import org.dreamboothactors.diffusion.weights.Safetensors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code load_lora_weights} of diffusers makes of a file, we make of it too; {@code make_lora.py} made them. */
final class LoraGoldenTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden");
    private static final double WEIGHT = 0.7;
    private static final float TOLERANCE = 1e-4f; // float32, sum order

    private final Kernels kernels = Kernels.open(Runtime.getRuntime().availableProcessors());
    private final Safetensors io = Safetensors.open(GOLDEN.resolve("lora/io.safetensors"));

    @AfterEach
    void close() {
        kernels.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "diffusers", "kohya"})
    void changesTheModelAsDiffusersDoes(String file) {
        CLIPTextModel text = CLIPTextModel.load(GOLDEN.resolve("pipeline-ddim/text_encoder"), kernels);
        UNet2DConditionModel unet = UNet2DConditionModel.load(GOLDEN.resolve("pipeline-ddim/unet"), kernels);
        if (!file.equals("none")) {
            AddedLora lora = new AddedLora(GOLDEN.resolve("lora/" + file + ".safetensors"), WEIGHT);
            LoraMerge.into(List.of(text.weights(), unet.weights()), lora, kernels);
        }

        try (Tape tape = Tape.forward(kernels)) {
            Value context = text.forward(tape, tape.manager().create(longs(floats("in.input_ids")), new Shape(2, 9)));
            NDArray timesteps = tape.manager().create(longs(floats("in.timestep")));
            Value sample = unet.forward(tape, io.fp32("in.sample", tape.manager()), timesteps, context);

            assertThat(context.array().toFloatArray())
                    .containsExactly(floats("out." + file + ".text"), within(TOLERANCE));
            assertThat(sample.array().toFloatArray())
                    .containsExactly(floats("out." + file + ".sample"), within(TOLERANCE));
        }
    }

    private float[] floats(String name) {
        return io.fp32(name, kernels.manager()).toFloatArray();
    }

    private static long[] longs(float[] numbers) {
        return IntStream.range(0, numbers.length)
                .mapToLong(i -> (long) numbers[i])
                .toArray();
    }
}
