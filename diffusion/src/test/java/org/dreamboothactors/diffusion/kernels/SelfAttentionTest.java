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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Our own way through bf16 attention and back, beside libtorch's. */
final class SelfAttentionTest {
    private static final double AS_GOOD = 2; // times the error of libtorch's bf16 attention
    private static final double NEARLY_EXACT = 1.0 / 256; // of the norm; bf16 keeps 8 bits
    private static final int HEAD = 8; // channels

    private final Kernels kernels = Kernels.open(Runtime.getRuntime().availableProcessors());
    private final NDManager manager = kernels.manager();
    private final BlockRuns runs = new BlockRuns(kernels);

    @AfterEach
    void close() {
        kernels.close();
    }

    /** Some of them leave over rows of one head, or heads of one batch. */
    @ParameterizedTest
    @CsvSource({"1, 1500, 2", "1, 700, 7", "3, 9, 2"})
    void isAsNearToFp32AsLibtorch(int batch, int tokens, int heads) {
        int channels = heads * HEAD;
        NDArray x = manager.randomNormal(0, 1, new Shape(batch, tokens, channels), DataType.FLOAT32);
        SortedMap<String, NDArray> parameters = new TreeMap<>();
        parameters.put("norm1.weight", manager.ones(new Shape(channels)));
        parameters.put("norm1.bias", manager.zeros(new Shape(channels)));
        for (String layer : List.of("to_q", "to_k", "to_v")) {
            parameters.put(
                    "attn1." + layer + ".weight",
                    manager.randomNormal(
                            0, (float) Math.sqrt(1.0 / channels), new Shape(channels, channels), DataType.FLOAT32));
        }
        parameters.values().forEach(parameter -> parameter.setRequiresGradient(true));

        NDArray count = kernels.number(heads);
        Block libtorch = new Block("self_attention", "", Map.of(), List.of(count, kernels.number(1)));
        Block inParts = new Block("self_attention_in_parts", "", Map.of(), List.of(count))
                .withReverse("self_attention_in_parts_back");
        Map<String, NDArray> exact = run(x, parameters, Arithmetic.PLAIN, libtorch);
        Map<String, NDArray> theirs = run(x, parameters, Arithmetic.BF16, libtorch);
        Map<String, NDArray> ours = run(x, parameters, Arithmetic.BF16, inParts);

        assertThat(ours.keySet()).isEqualTo(exact.keySet()).hasSize(6);
        exact.forEach((name, numbers) -> assertThat(runs.error(ours, name, numbers))
                .as(name)
                .isLessThan(NEARLY_EXACT + AS_GOOD * runs.error(theirs, name, numbers)));
    }

    private Map<String, NDArray> run(
            NDArray x, SortedMap<String, NDArray> parameters, Arithmetic arithmetic, Block attention) {
        Block before = new Block("queries_keys_values", "", parameters, List.of(), arithmetic, Optional.empty());
        return runs.run(List.of(before, attention), arithmetic, x);
    }
}
