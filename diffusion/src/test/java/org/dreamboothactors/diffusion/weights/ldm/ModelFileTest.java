package org.dreamboothactors.diffusion.weights.ldm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.dreamboothactors.diffusion.models.CLIPTextConfig;
import org.dreamboothactors.diffusion.models.UNetConfig;
import org.dreamboothactors.diffusion.models.VaeConfig;
import org.dreamboothactors.diffusion.schedulers.Prediction;
import org.dreamboothactors.diffusion.schedulers.SchedulerSettings;
import org.dreamboothactors.diffusion.weights.Safetensors;
import org.dreamboothactors.diffusion.weights.SafetensorsWriter;
import org.dreamboothactors.diffusion.weights.SafetensorsWriter.Entry;
import org.dreamboothactors.diffusion.weights.TensorBytes.Mapped;
import org.dreamboothactors.diffusion.weights.TensorSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelFileTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden");
    private static final Path SD1 = GOLDEN.resolve("single-file-three-levels/model-bf16.safetensors");
    private static final String UNET = "model.diffusion_model.";

    @TempDir
    Path folder;

    @Test
    void readsSizesFromShapesAndTheRestFromNemosYaml() {
        Path golden = GOLDEN.resolve("nemo-two-generations");

        List<String> assumed = ModelFile.open(golden.resolve("dreambooth.nemo")).write(folder);

        Path diffusers = golden.resolve("diffusers");
        assertThat(UNetConfig.read(folder.resolve("unet"))).isEqualTo(UNetConfig.read(diffusers.resolve("unet")));
        assertThat(VaeConfig.read(folder.resolve("vae"))).isEqualTo(VaeConfig.read(diffusers.resolve("vae")));
        assertThat(CLIPTextConfig.read(folder.resolve("text_encoder")))
                .isEqualTo(CLIPTextConfig.read(diffusers.resolve("text_encoder")));
        assertThat(assumed).containsExactly("4 heads in the text encoder"); // the one thing NeMo's YAML does not say
    }

    @Test
    void readsTheOriginalYamlBesideAFile() throws IOException {
        Path model = Files.copy(SD1, folder.resolve("model.safetensors"));
        Files.writeString(folder.resolve("model.yaml"), """
                model:
                  params:
                    parameterization: "v"
                    linear_start: 0.001
                    scale_factor: 0.13
                    unet_config:
                      target: ldm.modules.diffusionmodules.openaimodel.UNetModel
                      params: {num_heads: 2}
                """);

        ModelFile.open(model).write(folder.resolve("out"));

        assertThat(UNetConfig.read(folder.resolve("out/unet")).heads()).containsExactly(2, 2, 2);
        assertThat(VaeConfig.read(folder.resolve("out/vae")).scalingFactor()).isEqualTo(0.13);
        SchedulerSettings scheduler = SchedulerSettings.read(folder.resolve("out/scheduler/scheduler_config.json"));
        assertThat(scheduler.prediction()).isEqualTo(Prediction.V_PREDICTION);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{params: {timesteps: 500}}                              | timesteps is 500, expected 1000",
                "{noise_scheduler: {timesteps: 500}}                     | timesteps is 500, expected 1000",
                "{timesteps: 1000, noise_scheduler: {given_betas: [0.1]}} | given_betas is 1 numbers, expected none",
            })
    void refusesAnotherScheduleOfNoise(String model, String reason) throws IOException {
        Path file = Files.copy(SD1, folder.resolve("model.safetensors"));
        Files.writeString(folder.resolve("model.yaml"), "model: " + model);

        assertThatThrownBy(() -> ModelFile.open(file)).hasMessageContaining(reason);
    }

    @Test
    void takesOpenClipForTheSecondKind() {
        List<String> assumed =
                ModelFile.open(GOLDEN.resolve("single-file-sd2/model.ckpt")).write(folder);

        CLIPTextConfig text = CLIPTextConfig.read(folder.resolve("text_encoder"));
        assertThat(text.quickGelu()).isFalse();
        assertThat(UNetConfig.read(folder.resolve("unet")).linearProjection()).isTrue();
        assertThat(UNetConfig.read(folder.resolve("unet")).transformerLayers()).isEqualTo(2);
        assertThat(SchedulerSettings.read(folder.resolve("scheduler/scheduler_config.json"))
                        .prediction())
                .isEqualTo(Prediction.V_PREDICTION);
        assertThat(assumed).anyMatch(words -> words.startsWith("v-prediction"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "input_blocks.0.0.weight | 8, 9, 3, 3 | Inpainting",
                "input_blocks.1.0.in_layers.2.weight | 8, 7, 3, 3 | (8, 7, 3, 3), expected (8, 8, 3, 3) for down_blocks.0.resnets.0.conv1.weight",
                "label_emb.0.0.weight | 8, 9 | added conditions of SDXL",
                "control.weight | 4 | it has model.diffusion_model.control.weight (4), expected only"
            })
    void namesWhatDoesNotFitWithBothShapes(String name, String shape, String reason) throws IOException {
        SortedMap<String, TensorSource> tensors = Safetensors.open(SD1).sources();
        tensors.put(
                UNET + name,
                zeros(Arrays.stream(shape.split(", "))
                        .mapToLong(Long::parseLong)
                        .toArray()));
        Path file = written(tensors);

        assertThatThrownBy(() -> ModelFile.open(file).write(folder.resolve("out")))
                .hasMessageContaining(reason);
    }

    @Test
    void namesWhatIsMissing() throws IOException {
        SortedMap<String, TensorSource> tensors = Safetensors.open(SD1).sources();
        tensors.remove("first_stage_model.decoder.up.0.block.1.conv2.bias");
        Path file = written(tensors);

        assertThatThrownBy(() -> ModelFile.open(file).write(folder.resolve("out")))
                .hasMessageContaining("first_stage_model.decoder.up.0.block.1.conv2.bias is missing, expected (4)")
                .hasMessageContaining("decoder.up_blocks.1.resnets.1.conv2.bias");
    }

    @Test
    void refusesNumbersThatAreNotFinite() throws IOException {
        SortedMap<String, TensorSource> tensors = Safetensors.open(SD1).sources();
        Path numbers = Files.write(
                folder.resolve("nan"),
                ByteBuffer.allocate(32)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putFloat(12, Float.NaN)
                        .array());
        String name = UNET + "input_blocks.0.0.bias";
        tensors.put(name, TensorSource.rowMajor(name, new Mapped(numbers, 0, 32), DataType.FLOAT32, new Shape(8)));

        assertThatThrownBy(() -> written(tensors)).hasMessageContaining(name + ": number 3 of (8) is NaN");
    }

    @Test
    void saysWhatAFileOfAnotherKindIs() throws IOException {
        Path gzip = Files.write(folder.resolve("a.nemo"), new byte[] {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, 0});
        Path old =
                Files.write(folder.resolve("a.ckpt"), new byte[] {(byte) 0x80, 2, (byte) 0x8a, 10, 0, 0, 0, 0, 0, 0});

        assertThatThrownBy(() -> ModelFile.open(gzip))
                .hasMessageContaining("packed by gzip")
                .hasMessageContaining("Unpack it");
        assertThatThrownBy(() -> ModelFile.open(old)).hasMessageContaining("a bare pickle, as a PyTorch before 1.6");
    }

    private TensorSource zeros(long... shape) throws IOException {
        Shape zeros = new Shape(shape);
        Path numbers = Files.write(folder.resolve("zeros"), new byte[(int) zeros.size() * Float.BYTES]);
        return TensorSource.rowMajor(
                "zeros", new Mapped(numbers, 0, zeros.size() * Float.BYTES), DataType.FLOAT32, zeros);
    }

    private Path written(SortedMap<String, TensorSource> tensors) {
        SortedMap<String, Entry> entries = new TreeMap<>();
        tensors.forEach((name, tensor) -> entries.put(name, Entry.of(List.of(tensor), tensor.shape(), tensor.type())));
        Path file = folder.resolve("model.safetensors");
        SafetensorsWriter.write(entries, Map.of(), file);
        return file;
    }
}
