package org.dreamboothactors.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.dreamboothactors.diffusion.models.UNetConfig;
import org.dreamboothactors.diffusion.models.VaeConfig;
import org.dreamboothactors.diffusion.tokenizer.ClipTokenizer;
import org.dreamboothactors.diffusion.tokenizer.ClipVocabulary;
import org.dreamboothactors.diffusion.weights.Precision;
import org.dreamboothactors.diffusion.weights.Safetensors;
import org.dreamboothactors.diffusion.weights.TensorSource;
import org.dreamboothactors.diffusion.weights.ldm.ModelSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BaseModelImportTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden");
    private static final Path NEMO = GOLDEN.resolve("nemo-two-generations/dreambooth.nemo");

    @TempDir
    Path folder;

    @Test
    void makesAFolderThatTheServiceLoads() {
        Path model = folder.resolve("model");
        RandomModel.write(model, RandomModel.Size.TINY, GOLDEN.resolve("clip-tokenizer"));
        Path single = folder.resolve("single.safetensors");
        ModelSpec spec = new ModelSpec("tiny", "", Instant.EPOCH);
        CheckpointExport.singleFile(model, single, Precision.BF16, spec);

        List<String> assumed = BaseModelImport.convert(single, folder.resolve("converted"), List.of());

        CheckpointCheck.load(folder.resolve("converted"), Runtime.getRuntime().availableProcessors());
        assertThat(assumed).isEmpty(); // our own files say what shapes do not
        assertThat(UNetConfig.read(folder.resolve("converted/unet"))).isEqualTo(UNetConfig.read(model.resolve("unet")));
        assertThat(VaeConfig.read(folder.resolve("converted/vae"))).isEqualTo(VaeConfig.read(model.resolve("vae")));
        expectRoundedWeights(folder.resolve("converted"), model);
    }

    @Test
    void loadsAFolderWrittenInAnotherPrecision() {
        Path model = folder.resolve("model");
        RandomModel.write(model, RandomModel.Size.TINY, GOLDEN.resolve("clip-tokenizer"));

        CheckpointExport.diffusers(model, folder.resolve("bf16"), Precision.BF16);

        CheckpointCheck.load(folder.resolve("bf16"), Runtime.getRuntime().availableProcessors());
        expectRoundedWeights(folder.resolve("bf16"), model);
    }

    /** Every weight of the one is the other's, rounded to bf16. */
    private static void expectRoundedWeights(Path written, Path model) {
        for (String part : List.of(
                "unet/diffusion_pytorch_model.safetensors",
                "vae/diffusion_pytorch_model.safetensors",
                "text_encoder/model.safetensors")) {
            Map<String, TensorSource> expected =
                    Safetensors.open(model.resolve(part)).sources();
            Map<String, TensorSource> weights =
                    Safetensors.open(written.resolve(part)).sources();
            assertThat(weights).as(part).isNotEmpty().containsOnlyKeys(expected.keySet());
            weights.forEach((name, tensor) -> {
                TensorSource exact = Objects.requireNonNull(expected.get(name));
                assertThat(tensor.shape()).as(name).isEqualTo(exact.shape());
                assertThat(tensor.floats()).as(name).isEqualTo(rounded(exact.floats()));
            });
        }
    }

    /** To the nearest of 8 significant bits, to the even one of two. */
    private static float[] rounded(float[] numbers) {
        float[] rounded = new float[numbers.length];
        for (int i = 0; i < numbers.length; i++) {
            int bits = Float.floatToRawIntBits(numbers[i]);
            rounded[i] = Float.intBitsToFloat((bits + 0x7fff + (bits >>> 16 & 1)) & 0xffff0000);
        }
        return rounded;
    }

    @ParameterizedTest
    @CsvSource({"quick_gelu, 49407", "gelu, 0"})
    void fillsTextsUpAsTheTextEncoderLearnedThem(String activation, int padding) throws IOException {
        Path model = folder.resolve("model");
        RandomModel.write(model, RandomModel.Size.TINY, GOLDEN.resolve("clip-tokenizer"));
        Path config = model.resolve("text_encoder/config.json");
        Files.writeString(config, Files.readString(config).replace("quick_gelu", activation));
        Path single = folder.resolve("single.safetensors");
        CheckpointExport.singleFile(model, single, Precision.FP16, new ModelSpec("tiny", "", Instant.EPOCH));

        BaseModelImport.convert(single, folder.resolve("out"), List.of(GOLDEN.resolve("clip-tokenizer")));

        try (ClipTokenizer tokenizer = ClipTokenizer.open(folder.resolve("out/tokenizer"))) {
            assertThat(tokenizer.ids("")).startsWith(49406, 49407, padding).endsWith(padding);
        }
    }

    @Test
    void takesTheTokenizerBesideTheFile() throws IOException {
        Path file = Files.copy(NEMO, folder.resolve("model.nemo"));
        Files.createDirectory(folder.resolve("tokenizer"));
        StringBuilder vocabulary = new StringBuilder("{");
        for (int i = 0; i < 24; i++) {
            vocabulary
                    .append(i == 0 ? "" : ",")
                    .append("\"t")
                    .append(i)
                    .append("\":")
                    .append(i);
        }
        Files.writeString(folder.resolve("tokenizer/vocab.json"), vocabulary.append("}"));

        BaseModelImport.convert(file, folder.resolve("out"), List.of());

        assertThat(folder.resolve("out/tokenizer/vocab.json")).exists();
        assertThat(folder.resolve("out/model_index.json")).exists();
    }

    @Test
    void leavesNothingBehindWhenItRefuses() {
        assertThatThrownBy(() -> BaseModelImport.convert(NEMO, folder.resolve("out"), List.of()))
                .hasMessageContaining("knows 24 tokens, expected 49408");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void leavesAloneWhatAnotherProcessMakesOfTheSameFile() throws IOException {
        Path model = folder.resolve("model");
        RandomModel.write(model, RandomModel.Size.TINY, GOLDEN.resolve("clip-tokenizer"));
        Path single = folder.resolve("single.safetensors");
        CheckpointExport.singleFile(model, single, Precision.BF16, new ModelSpec("tiny", "", Instant.EPOCH));
        Path underWay = Files.createDirectories(folder.resolve("out.new")).resolve("half");
        Files.createFile(underWay);
        Path done = Files.createDirectories(folder.resolve("out")).resolve("theirs");
        Files.createFile(done);

        BaseModelImport.convert(single, folder.resolve("out"), List.of());

        assertThat(underWay).exists();
        assertThat(done).exists();
        assertThat(folder).isDirectoryNotContaining("glob:**/.out*");
    }

    @Test
    void makesClipsVocabularyFromItsMerges() throws IOException {
        ClipVocabulary.write(folder);

        ObjectMapper json = new ObjectMapper();
        assertThat(json.readTree(folder.resolve("vocab.json").toFile()))
                .isEqualTo(json.readTree(
                        GOLDEN.resolve("clip-tokenizer/vocab.json").toFile()));
    }
}
