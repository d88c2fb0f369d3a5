package org.dreamboothactors.diffusion.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.dreamboothactors.diffusion.RandomModel;
import org.dreamboothactors.diffusion.kernels.Gradients;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.dreamboothactors.diffusion.kernels.Tape;
import org.dreamboothactors.diffusion.kernels.Tape.Value;
import org.dreamboothactors.diffusion.models.UNet2DConditionModel;
import org.dreamboothactors.diffusion.weights.Safetensors;
import org.dreamboothactors.diffusion.weights.Weights;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LoraTest {
    private static final Path TOKENIZER = Path.of("src/test/resources/golden/clip-tokenizer");
    private static final LoraSettings SETTINGS = LoraSettings.attention(2, 3);
    private static final long SEED = 5;

    @TempDir
    static Path shared;

    private final Kernels kernels = Kernels.open(Runtime.getRuntime().availableProcessors());
    private final NDArray sample = random(2, 4, 8, 8);
    private final NDArray context = random(2, 7, 16);

    @BeforeAll
    static void makeModel() {
        RandomModel.write(shared.resolve("model"), RandomModel.Size.TINY, TOKENIZER);
    }

    @AfterEach
    void close() {
        kernels.close();
    }

    @Test
    void freshAdaptersChangeNothingAndAloneGetGradients() {
        UNet2DConditionModel adapted = unet(base -> LoraLayers.fresh(base, SETTINGS, SEED, kernels));

        assertThat(predict(adapted)).containsExactly(predict(unet(UnaryOperator.identity())));
        try (Tape tape = Tape.learning(kernels)) {
            Value output = predict(adapted, tape);
            Gradients gradients = new Gradients(tape.manager());
            tape.back(output, tape.manager().ones(output.array().getShape()), gradients);
            assertThat(gradients.byName().keySet())
                    .isEqualTo(new TreeMap<>(named("unet.", LoraLayers.adapters(adapted.weights()))).keySet())
                    .isNotEmpty()
                    .allMatch(name -> name.contains(".attn"));
        }
    }

    @Test
    void adaptersAreWhereTheTargetsSay() {
        LoraSettings settings = LoraSettings.of(2, 3, List.of("attn1.to_q", "ff.net.0.proj", "ff.net.2"));
        UNet2DConditionModel adapted = unet(base -> LoraLayers.fresh(base, settings, SEED, kernels));

        assertThat(LoraLayers.adapters(adapted.weights()).keySet())
                .isNotEmpty()
                .allMatch(name -> name.contains(".attn1.to_q.") || name.contains(".ff.net."))
                .anyMatch(name -> name.contains(".attn1.to_q."))
                .anyMatch(name -> name.contains(".ff.net.0.proj."))
                .anyMatch(name -> name.contains(".ff.net.2."));
        assertThat(predict(adapted)).containsExactly(predict(unet(UnaryOperator.identity())));
    }

    @Test
    void aTargetThatNoLayerHasIsRefusedByName() {
        LoraSettings settings = LoraSettings.of(2, 3, List.of("to_q", "to_w"));

        assertThatThrownBy(() -> unet(base -> LoraLayers.fresh(base, settings, SEED, kernels)))
                .hasMessageContaining("unet has no linear layer or convolution named to_w");
    }

    @Test
    void mergedWeightsPredictWhatAdaptersBesideThemDo() {
        UNet2DConditionModel adapted = trained();
        UNet2DConditionModel merged = unet(base -> new Weights(base.part(), merged(adapted.weights())));

        assertThat(merged.weights().byName().keySet())
                .isEqualTo(unet(UnaryOperator.identity()).weights().byName().keySet());
        assertClose(predict(merged), predict(adapted));
    }

    /** peft's shapes: A is as the layer is, to the rank; B of a convolution sees one pixel. */
    @ParameterizedTest
    @ValueSource(strings = {LoraFiles.DIFFUSERS, LoraFiles.KOHYA})
    void adaptersOfConvolutionsAreWrittenAndMerged(String file, @TempDir Path folder) {
        LoraSettings settings =
                LoraSettings.of(2, 3, List.of("to_q", "proj_in", "conv1", "downsamplers.0.conv", "conv_in"));
        UNet2DConditionModel adapted = trained(settings);
        LoraFiles.write(List.of(adapted.weights()), settings, folder);
        SortedMap<String, NDArray> adapters = LoraLayers.adapters(adapted.weights());

        UNet2DConditionModel read = with(new AddedLora(folder.resolve(file), 1));
        UNet2DConditionModel merged = unet(base -> new Weights(base.part(), merged(adapted.weights())));

        assertThat(shape(adapters, "mid_block.resnets.0.conv1.lora_A.weight")).isEqualTo(new Shape(2, 16, 3, 3));
        assertThat(shape(adapters, "mid_block.resnets.0.conv1.lora_B.weight")).isEqualTo(new Shape(16, 2, 1, 1));
        assertClose(predict(read), predict(adapted));
        assertClose(predict(merged), predict(adapted));
        assertThat(predict(read)).isNotEqualTo(predict(unet(UnaryOperator.identity())));
    }

    @ParameterizedTest
    @CsvSource({"768, False, sd_v1", "1024, True, sd_v2"})
    void tellsOtherProgramsWhichBaseModelItIsFor(long width, String isV2, String version, @TempDir Path folder) {
        SortedMap<String, NDArray> keys = new TreeMap<>();
        keys.put("block.attn2.to_k.weight", random(4, width));
        Weights base = new Weights(UNet2DConditionModel.PART, keys);
        LoraSettings settings = LoraSettings.of(2, 3, List.of("to_k"));

        LoraFiles.write(List.of(LoraLayers.fresh(base, settings, SEED, kernels)), settings, folder);

        assertThat(Safetensors.open(folder.resolve(LoraFiles.KOHYA)).metadata())
                .containsEntry("ss_v2", isV2)
                .containsEntry("ss_base_model_version", version);
    }

    private static Shape shape(Map<String, NDArray> arrays, String name) {
        return array(arrays, name).getShape();
    }

    private static NDArray array(Map<String, NDArray> arrays, String name) {
        return Objects.requireNonNull(arrays.get(name), name);
    }

    @ParameterizedTest
    @ValueSource(strings = {LoraFiles.DIFFUSERS, LoraFiles.KOHYA})
    void aWrittenFileMergesIntoTheSameModel(String file, @TempDir Path folder) {
        UNet2DConditionModel adapted = trained();
        LoraFiles.write(List.of(adapted.weights()), SETTINGS, folder);

        UNet2DConditionModel merged = unet(base -> {
            LoraMerge.into(List.of(base), new AddedLora(folder.resolve(file), 1), kernels);
            return base;
        });

        assertClose(predict(merged), predict(adapted));
        assertThat(predict(merged)).isNotEqualTo(predict(unet(UnaryOperator.identity())));
    }

    /** As peft does with what diffusers gives it of the metadata; rank 2, alpha 3. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"unet.lora_alpha\":3,\"unet.use_rslora\":true         | 1.4142135",
                "\"unet.lora_alpha\":1,\"unet.alpha_pattern\":{\"to_q\":6,\"to_k\":6,\"to_v\":6,\"to_out.0\":6} | 2",
            })
    void scalesAsTheMetadataOfDiffusersSays(String metadata, double times, @TempDir Path folder) {
        UNet2DConditionModel adapted = trained();
        Path plain = folder.resolve("plain.safetensors");
        Path told = folder.resolve("told.safetensors");
        SortedMap<String, NDArray> adapters = named("unet.", LoraLayers.adapters(adapted.weights()));
        Safetensors.write(adapters, Map.of(LoraFiles.METADATA, "{\"unet.lora_alpha\":3}"), plain);
        Safetensors.write(adapters, Map.of(LoraFiles.METADATA, "{" + metadata + "}"), told);

        assertClose(predict(with(new AddedLora(told, 1))), predict(with(new AddedLora(plain, times))));
    }

    /** A model that stays for long has no room for a second one. */
    @Test
    void leavesNothingBehindBesideTheModel(@TempDir Path folder) {
        UNet2DConditionModel adapted = trained();
        LoraFiles.write(List.of(adapted.weights()), SETTINGS, folder);
        Weights base = unet(UnaryOperator.identity()).weights();
        int before = kernels.manager().getManagedArrays().size();

        LoraMerge.into(List.of(base), new AddedLora(folder.resolve(LoraFiles.DIFFUSERS), 1), kernels);

        assertThat(kernels.manager().getManagedArrays()).hasSize(before);
    }

    /** It has as many numbers as the right one; the weight is (8 c, c). */
    @Test
    void refusesATransposedAdapter(@TempDir Path folder) {
        String layer = "mid_block.attentions.0.transformer_blocks.0.ff.net.0.proj";
        LoraSettings settings = LoraSettings.of(2, 3, List.of(layer));
        SortedMap<String, NDArray> adapters =
                LoraLayers.adapters(trained(settings).weights());
        Path file = folder.resolve("transposed.safetensors");
        Safetensors.write(
                Map.of(
                        "unet." + layer + LoraLayers.A,
                        array(adapters, layer + LoraLayers.B).transpose().duplicate(),
                        "unet." + layer + LoraLayers.B,
                        array(adapters, layer + LoraLayers.A).transpose().duplicate()),
                Map.of(),
                file);

        assertThatThrownBy(() -> with(new AddedLora(file, 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(layer + " is (16, 2) times (2, 128)")
                .hasMessageContaining("(128, 16)");
    }

    @Test
    void refusesAnAlphaThatIsNotOneNumber(@TempDir Path folder) {
        Path file = folder.resolve("alphas.safetensors");
        SortedMap<String, NDArray> tensors =
                named("unet.", LoraLayers.adapters(trained().weights()));
        String layer = tensors.firstKey().substring(0, tensors.firstKey().length() - LoraLayers.A.length());
        tensors.put(layer + ".alpha", random(0));
        Safetensors.write(tensors, Map.of(), file);

        assertThatThrownBy(() -> with(new AddedLora(file, 1))).hasMessageContaining(layer + ".alpha is (0)");
    }

    private UNet2DConditionModel with(AddedLora lora) {
        return unet(base -> {
            LoraMerge.into(List.of(base), lora, kernels);
            return base;
        });
    }

    @Test
    void namesATensorThatTheModelHasNoPlaceFor(@TempDir Path folder) {
        Path file = folder.resolve("odd.safetensors");
        Safetensors.write(
                Map.of("unet.nowhere.lora_A.weight", random(2, 4), "unet.nowhere.lora_B.weight", random(4, 2)),
                Map.of(),
                file);

        assertThatThrownBy(() -> unet(base -> {
                    LoraMerge.into(List.of(base), new AddedLora(file, 1), kernels);
                    return base;
                }))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("unet.nowhere");
    }

    /** As if a step had been made: B is no longer zero. */
    private UNet2DConditionModel trained() {
        return trained(SETTINGS);
    }

    private UNet2DConditionModel trained(LoraSettings settings) {
        return unet(base -> {
            Weights fresh = LoraLayers.fresh(base, settings, SEED, kernels);
            LoraLayers.adapters(fresh).forEach((name, array) -> {
                if (name.endsWith(LoraLayers.B)) {
                    NDArray plain = array.stopGradient();
                    plain.attach(kernels.manager());
                    kernels.assign(plain, random(array.getShape().getShape()).mul(0.1f));
                }
            });
            return fresh;
        });
    }

    private UNet2DConditionModel unet(UnaryOperator<Weights> adapt) {
        return UNet2DConditionModel.load(shared.resolve("model/unet"), kernels, adapt);
    }

    private float[] predict(UNet2DConditionModel unet) {
        try (Tape tape = Tape.forward(kernels)) {
            return predict(unet, tape).array().toFloatArray();
        }
    }

    private Value predict(UNet2DConditionModel unet, Tape tape) {
        return unet.forward(tape, sample, tape.manager().create(new long[] {7, 300}), tape.input(context));
    }

    private static SortedMap<String, NDArray> named(String prefix, Map<String, NDArray> arrays) {
        SortedMap<String, NDArray> named = new TreeMap<>();
        arrays.forEach((name, array) -> named.put(prefix + name, array));
        return named;
    }

    private static void assertClose(float[] found, float[] expected) {
        assertThat(found).containsExactly(expected, within(1e-4f));
    }

    private SortedMap<String, NDArray> merged(Weights adapted) {
        SortedMap<String, NDArray> merged = LoraLayers.own(adapted);
        merged.replaceAll((name, weight) -> LoraLayers.merged(name, weight, adapted, kernels.manager()));
        return merged;
    }

    private NDArray random(long... shape) {
        NDManager manager = kernels.manager();
        return manager.randomNormal(0, 1, new Shape(shape), DataType.FLOAT32);
    }
}
