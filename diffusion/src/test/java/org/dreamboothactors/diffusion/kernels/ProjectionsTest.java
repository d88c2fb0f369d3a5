package org.dreamboothactors.diffusion.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Projections of a transformer, which bf16 computes in another way than fp32. */
final class ProjectionsTest {
    private static final double NEARLY = 0.02; // of the norm; bf16 keeps 8 bits
    private static final int CHANNELS = 32;
    private static final int SIDE = 4;
    private static final Shape PIXELS = new Shape(2, CHANNELS, SIDE, SIDE);
    private static final Shape TOKENS = new Shape(2, SIDE * SIDE, CHANNELS);

    private final Kernels kernels = Kernels.open(Runtime.getRuntime().availableProcessors());
    private final NDManager manager = kernels.manager();
    private final BlockRuns runs = new BlockRuns(kernels);

    @AfterEach
    void close() {
        kernels.close();
    }

    /** Adapters beside one of the three: each is a product of its own then. */
    @ParameterizedTest
    @ValueSource(strings = {"", "to_q", "to_k", "to_v"})
    void queriesKeysAndValuesLieInThatOrder(String adapted) {
        SortedMap<String, NDArray> parameters = norm("norm1");
        List.of("to_q", "to_k", "to_v")
                .forEach(layer -> parameters.put("attn1." + layer + ".weight", random(CHANNELS, CHANNELS)));
        if (!adapted.isEmpty()) {
            parameters.put("attn1." + adapted + ".lora_A.weight", random(4, CHANNELS));
            parameters.put("attn1." + adapted + ".lora_B.weight", random(CHANNELS, 4));
            parameters.put("attn1." + adapted + ".lora_scale", manager.create(1f));
        }

        assertAlike("queries_keys_values", parameters, List.of(), random(TOKENS));
    }

    @Test
    void aConvolutionBeforeTheTokensIsTheirProduct() {
        SortedMap<String, NDArray> parameters = norm("norm");
        parameters.putAll(convolution("proj_in"));

        assertAlike("pixels_to_tokens", parameters, List.of(kernels.number(8)), random(PIXELS));
    }

    @Test
    void aConvolutionAfterTheTokensIsTheirProduct() {
        assertAlike("tokens_to_pixels", convolution("proj_out"), List.of(), random(TOKENS), random(PIXELS));
    }

    /** Of many tokens in fp32 the gate is a product of its own; adapters that change nothing keep it with the value. */
    @Test
    void theGateIsThatOfTheValueWhateverIsMultipliedFirst() {
        SortedMap<String, NDArray> apart = new TreeMap<>(norm("norm2"));
        apart.putAll(norm("norm3"));
        List.of("attn1.to_out.0", "attn2.to_out.0").forEach(layer -> apart.putAll(linear(layer, CHANNELS, CHANNELS)));
        List.of("attn2.to_q", "attn2.to_k", "attn2.to_v")
                .forEach(layer -> apart.put(layer + ".weight", random(CHANNELS, CHANNELS)));
        apart.putAll(linear("ff.net.0.proj", 8 * CHANNELS, CHANNELS));
        apart.putAll(linear("ff.net.2", CHANNELS, 4 * CHANNELS));
        SortedMap<String, NDArray> together = new TreeMap<>(apart);
        together.put("ff.net.0.proj.lora_A.weight", random(1, CHANNELS));
        together.put("ff.net.0.proj.lora_B.weight", manager.zeros(new Shape(8 * CHANNELS, 1)));
        together.put("ff.net.0.proj.lora_scale", manager.create(1f));
        NDArray[] inputs = {random(1, 2048, CHANNELS), random(1, 2048, CHANNELS), random(1, 7, CHANNELS)};
        List<NDArray> numbers = List.of(kernels.number(4), kernels.number(1));
        apart.values().forEach(parameter -> parameter.setRequiresGradient(true));

        Map<String, NDArray> found = run("after_self_attention", apart, numbers, Arithmetic.PLAIN, inputs);
        Map<String, NDArray> exact = run("after_self_attention", together, numbers, Arithmetic.PLAIN, inputs);

        assertThat(found.keySet()).isEqualTo(exact.keySet()).contains("ff.net.0.proj.weight");
        exact.forEach((name, wanted) ->
                assertThat(runs.error(found, name, wanted)).as(name).isLessThan(1e-5));
    }

    private SortedMap<String, NDArray> linear(String name, int to, int from) {
        return new TreeMap<>(Map.of(name + ".weight", random(to, from).mul(0.1f), name + ".bias", random(to)));
    }

    private void assertAlike(
            String kernel, SortedMap<String, NDArray> parameters, List<NDArray> numbers, NDArray... inputs) {
        parameters.forEach((name, parameter) -> parameter.setRequiresGradient(!name.endsWith("scale")));
        Map<String, NDArray> exact = run(kernel, parameters, numbers, Arithmetic.PLAIN, inputs);
        Map<String, NDArray> found = run(kernel, parameters, numbers, Arithmetic.BF16, inputs);

        assertThat(found.keySet()).isEqualTo(exact.keySet());
        exact.forEach((name, wanted) ->
                assertThat(runs.error(found, name, wanted)).as(name).isLessThan(NEARLY));
    }

    private Map<String, NDArray> run(
            String kernel,
            SortedMap<String, NDArray> parameters,
            List<NDArray> numbers,
            Arithmetic arithmetic,
            NDArray... inputs) {
        Block block = new Block(kernel, "", parameters, numbers, arithmetic, Optional.empty());
        return runs.run(List.of(block), arithmetic, inputs);
    }

    private SortedMap<String, NDArray> norm(String name) {
        return new TreeMap<>(Map.of(
                name + ".weight", manager.ones(new Shape(CHANNELS)),
                name + ".bias", manager.zeros(new Shape(CHANNELS))));
    }

    private SortedMap<String, NDArray> convolution(String name) {
        return new TreeMap<>(Map.of(
                name + ".weight", random(CHANNELS, CHANNELS, 1, 1),
                name + ".bias", random(CHANNELS)));
    }

    private NDArray random(long... shape) {
        return random(new Shape(shape));
    }

    private NDArray random(Shape shape) {
        return manager.randomNormal(0, 1, shape, DataType.FLOAT32);
    }
}
