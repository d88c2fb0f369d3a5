package org.dreamboothactors.diffusion.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.dreamboothactors.diffusion.kernels.Gradients;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.dreamboothactors.diffusion.kernels.Tape;
import org.dreamboothactors.diffusion.kernels.Tape.Value;
import org.dreamboothactors.diffusion.models.CLIPTextModel;
import org.dreamboothactors.diffusion.models.UNet2DConditionModel;
import org.dreamboothactors.diffusion.weights.Safetensors;
import org.dreamboothactors.diffusion.weights.Weights;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code load_lora_weights} of diffusers makes of a file, we make of it too; {@code make_lora.py} made them. */
final class LoraGoldenTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden");
    private static final Path LORA = GOLDEN.resolve("lora");
    private static final double WEIGHT = 0.7;
    private static final float TOLERANCE = 1e-4f; // float32, sum order

    private final Kernels kernels = Kernels.open(Runtime.getRuntime().availableProcessors());
    private final Safetensors io = Safetensors.open(LORA.resolve("io.safetensors"));

    @AfterEach
    void close() {
        kernels.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "diffusers", "kohya", "processor"})
    void changesTheModelAsDiffusersDoes(String file) {
        assertSame(file, file.equals("none") ? Optional.empty() : Optional.of(LORA.resolve(file + ".safetensors")));
    }

    @Test
    void takesAlphasByRegularExpressionsAsPeftDoes(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("patterns.safetensors");
        Map<String, String> metadata = Map.of(LoraFiles.METADATA, Files.readString(LORA.resolve("patterns.json")));
        Safetensors.write(tensors("diffusers", UnaryOperator.identity()), metadata, file);

        assertSame("patterns", Optional.of(file));
    }

    @Test
    void takesTheFirstTextEncoderOfKohyaForTheOnlyOne(@TempDir Path folder) {
        Path file = folder.resolve("te1.safetensors");
        Safetensors.write(tensors("kohya", name -> name.replace("lora_te_", "lora_te1_")), Map.of(), file);

        assertSame("te1", Optional.of(file));
    }

    @Test
    void computesAndLearnsBesideConvolutionsAsPeftDoes() {
        Safetensors golden = Safetensors.open(LORA.resolve("convolutions.safetensors"));
        LoraSettings settings = LoraSettings.of(
                2,
                3,
                List.of("to_k", "time_emb_proj", "proj_in", "proj_out", "conv1", "conv_shortcut", "conv", "conv_in"));
        UNet2DConditionModel unet = UNet2DConditionModel.load(GOLDEN.resolve("pipeline-ddim/unet"), kernels, base -> {
            Weights adapted = LoraLayers.fresh(base, settings, 1, kernels);
            LoraLayers.adapters(adapted).forEach((name, array) -> {
                NDArray plain = array.stopGradient();
                plain.attach(kernels.manager());
                kernels.assign(plain, golden.fp32(name, kernels.manager()));
            });
            return adapted;
        });
        SortedMap<String, NDArray> adapters = LoraLayers.adapters(unet.weights());
        assertThat(golden.names().stream().filter(name -> name.contains("lora_") && !name.startsWith("gradient.")))
                .containsExactlyInAnyOrderElementsOf(adapters.keySet());

        try (Tape tape = Tape.learning(kernels)) {
            Value sample = unet.forward(
                    tape,
                    io.fp32("in.sample", tape.manager()),
                    tape.manager().create(longs(floats("in.timestep"))),
                    tape.input(io.fp32("out.none.text", tape.manager())));
            assertThat(sample.array().toFloatArray())
                    .containsExactly(golden.fp32("out.sample", tape.manager()).toFloatArray(), within(TOLERANCE));

            Gradients gradients = new Gradients(tape.manager());
            tape.back(sample, tape.manager().ones(sample.array().getShape()), gradients);

            adapters.keySet().forEach(name -> {
                NDArray wanted = golden.fp32("gradient." + name, tape.manager());
                NDArray found = Objects.requireNonNull(gradients.byName().get("unet." + name), name);
                assertThat(found.getShape()).as(name).isEqualTo(wanted.getShape());
                assertThat(found.sub(wanted).norm().getFloat())
                        .as(name)
                        .isLessThan(TOLERANCE * (1 + wanted.norm().getFloat()));
            });
        }
    }

    private Map<String, NDArray> tensors(String file, UnaryOperator<String> renamed) {
        Safetensors adapters = Safetensors.open(LORA.resolve(file + ".safetensors"));
        Map<String, NDArray> tensors = new TreeMap<>();
        adapters.names().forEach(name -> tensors.put(renamed.apply(name), adapters.fp32(name, kernels.manager())));
        return tensors;
    }

    private void assertSame(String golden, Optional<Path> file) {
        CLIPTextModel text = CLIPTextModel.load(GOLDEN.resolve("pipeline-ddim/text_encoder"), kernels);
        UNet2DConditionModel unet = UNet2DConditionModel.load(GOLDEN.resolve("pipeline-ddim/unet"), kernels);
        file.ifPresent(
                lora -> LoraMerge.into(List.of(text.weights(), unet.weights()), new AddedLora(lora, WEIGHT), kernels));

        try (Tape tape = Tape.forward(kernels)) {
            Value context = text.forward(tape, tape.manager().create(longs(floats("in.input_ids")), new Shape(2, 9)));
            NDArray timesteps = tape.manager().create(longs(floats("in.timestep")));
            Value sample = unet.forward(tape, io.fp32("in.sample", tape.manager()), timesteps, context);

            assertThat(context.array().toFloatArray())
                    .containsExactly(floats("out." + golden + ".text"), within(TOLERANCE));
            assertThat(sample.array().toFloatArray())
                    .containsExactly(floats("out." + golden + ".sample"), within(TOLERANCE));
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
