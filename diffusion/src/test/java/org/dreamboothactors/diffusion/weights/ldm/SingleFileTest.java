package org.dreamboothactors.diffusion.weights.ldm;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.assertj.core.data.Percentage;
import org.dreamboothactors.diffusion.weights.Precision;
import org.dreamboothactors.diffusion.weights.Safetensors;
import org.dreamboothactors.diffusion.weights.SafetensorsWriter;
import org.dreamboothactors.diffusion.weights.SafetensorsWriter.Entry;
import org.dreamboothactors.diffusion.weights.TensorBytes.Mapped;
import org.dreamboothactors.diffusion.weights.TensorSource;
import org.dreamboothactors.diffusion.weights.WeightFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SingleFileTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path GOLDEN = Path.of("src/test/resources/golden");
    private static final ModelSpec SPEC = new ModelSpec("dog", "sks dog", Instant.parse("2026-11-22T10:00:00.5Z"));

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "single-file-three-levels, model.ckpt",
        "single-file-sd2, model.ckpt",
        "nemo-two-generations, stable-diffusion.nemo"
    })
    void writesWhatItReadsBack(String golden, String original) {
        Path diffusers = folder.resolve("diffusers");
        ModelFile.open(GOLDEN.resolve(golden).resolve(original)).write(diffusers);
        Path single = folder.resolve("single.safetensors");

        SingleFile.write(diffusers, single, Precision.FP32, SPEC);
        ModelFile.open(single).write(folder.resolve("again"));

        for (String part : List.of("unet", "vae", "text_encoder")) {
            SortedMap<String, TensorSource> first = WeightFiles.sources(diffusers.resolve(part));
            SortedMap<String, TensorSource> again =
                    WeightFiles.sources(folder.resolve("again").resolve(part));
            assertThat(again.keySet()).isEqualTo(first.keySet());
            first.forEach(
                    (name, tensor) -> assertThat(numbers(again, name)).as(name).containsExactly(tensor.floats()));
        }
    }

    @Test
    void keepsTheScheduler() throws IOException {
        Path diffusers = folder.resolve("diffusers");
        ModelFile.open(GOLDEN.resolve("single-file-sd2/model.ckpt")).write(diffusers);
        Path scheduler = Path.of("scheduler/scheduler_config.json");
        String config =
                "{\"_class_name\":\"EulerDiscreteScheduler\",\"prediction_type\":\"v_prediction\",\"beta_end\":0.02,\"rescale_betas_zero_snr\":true}";
        Files.writeString(diffusers.resolve(scheduler), config.replace("}", ",\"lambda_min_clipped\":-Infinity}"));
        Path single = folder.resolve("single.safetensors");

        SingleFile.write(diffusers, single, Precision.FP16, SPEC);
        ModelFile.open(single).write(folder.resolve("again"));

        assertThat(JSON.readTree(folder.resolve("again").resolve(scheduler).toFile()))
                .isEqualTo(JSON.readTree(config));
        assertThat(JSON.readTree(folder.resolve("again/model_index.json").toFile())
                        .path("scheduler")
                        .path(1)
                        .asText())
                .isEqualTo("EulerDiscreteScheduler");
    }

    @ParameterizedTest
    @EnumSource(Precision.class)
    void roundsToThePrecisionAskedFor(Precision precision) {
        Path diffusers = folder.resolve("diffusers");
        ModelFile.open(GOLDEN.resolve("single-file-sd2/model.ckpt")).write(diffusers);
        Path single = folder.resolve("single.safetensors");

        SingleFile.write(diffusers, single, precision, SPEC);

        SortedMap<String, TensorSource> tensors = Safetensors.open(single).sources();
        assertThat(tensors.values())
                .allSatisfy(tensor -> assertThat(tensor.type()).isEqualTo(precision.type()));
        float written = numbers(tensors, "model.diffusion_model.out.2.bias")[0];
        float exact = numbers(WeightFiles.sources(diffusers.resolve("unet")), "conv_out.bias")[0];
        assertThat(written).isCloseTo(exact, Percentage.withPercentage(0.4));
    }

    @Test
    void saysWhatItIsInItsMetadata() {
        Path diffusers = folder.resolve("diffusers");
        ModelFile.open(GOLDEN.resolve("single-file-sd2/model.ckpt")).write(diffusers);
        Path single = folder.resolve("single.safetensors");

        SingleFile.write(diffusers, single, Precision.FP16, SPEC);

        assertThat(Safetensors.open(single).metadata())
                .containsEntry("modelspec.sai_model_spec", "1.0.0")
                .containsEntry("modelspec.architecture", "stable-diffusion-v2-768-v")
                .containsEntry("modelspec.prediction_type", "v")
                .containsEntry("modelspec.title", "dog")
                .containsEntry("modelspec.trigger_phrase", "sks dog")
                .containsEntry("modelspec.date", "2026-11-22T10:00:00Z");
        assertThat(Safetensors.open(single).names())
                .contains("cond_stage_model.model.transformer.resblocks.0.attn.in_proj_weight");
    }

    @Test
    void refusesANumberThatHalfPrecisionCannotHold() throws IOException {
        Path diffusers = folder.resolve("diffusers");
        ModelFile.open(GOLDEN.resolve("single-file-sd2/model.ckpt")).write(diffusers);
        SortedMap<String, TensorSource> unet = WeightFiles.sources(diffusers.resolve("unet"));
        Path numbers = Files.write(
                folder.resolve("large"),
                ByteBuffer.allocate(16)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putFloat(70_000)
                        .array());
        unet.put(
                "conv_out.bias",
                TensorSource.rowMajor("conv_out.bias", new Mapped(numbers, 0, 16), DataType.FLOAT32, new Shape(4)));
        SortedMap<String, Entry> entries = new TreeMap<>();
        unet.forEach((name, tensor) -> entries.put(name, Entry.of(List.of(tensor), tensor.shape(), DataType.FLOAT32)));
        SafetensorsWriter.write(entries, Map.of(), diffusers.resolve("unet/new.safetensors"));
        Files.move(
                diffusers.resolve("unet/new.safetensors"),
                diffusers.resolve("unet/diffusion_pytorch_model.safetensors"),
                StandardCopyOption.REPLACE_EXISTING);

        assertThatThrownBy(() -> SingleFile.write(diffusers, folder.resolve("half.safetensors"), Precision.FP16, SPEC))
                .hasMessageContaining("conv_out.bias: number 0 of (4) is 70000.0");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files)
                    .doesNotContain(folder.resolve("half.safetensors"), folder.resolve("half.safetensors.new"));
        }
    }

    private static float[] numbers(SortedMap<String, TensorSource> tensors, String name) {
        return requireNonNull(tensors.get(name)).floats();
    }
}
