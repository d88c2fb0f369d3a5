package org.dreamboothactors.diffusion.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import java.util.Objects;
import java.util.SortedMap;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.junit.jupiter.api.Test;

class FreshWeightsTest {
    private static ExpectedShapes shapes() {
        ExpectedShapes shapes = new ExpectedShapes();
        shapes.conv("in", 8, 64, 3);
        shapes.linear("out", 100, 50);
        shapes.norm("norm", 4);
        shapes.embedding("token_embedding", 100, 16);
        return shapes;
    }

    @Test
    void keepsTheSizeOfASignalAndBeginsWhereTheSeedSays() {
        try (Kernels kernels = Kernels.open(Runtime.getRuntime().availableProcessors())) {
            SortedMap<String, NDArray> weights =
                    FreshWeights.of(shapes(), 1, name -> name.equals("out.weight"), kernels.manager());
            SortedMap<String, NDArray> again = FreshWeights.of(shapes(), 1, name -> false, kernels.manager());
            SortedMap<String, NDArray> other = FreshWeights.of(shapes(), 2, name -> false, kernels.manager());

            assertThat(deviation(weights, "in.weight")).isCloseTo(1 / Math.sqrt(72), within(.003));
            assertThat(deviation(weights, "token_embedding.weight")).isCloseTo(.02, within(.001));
            assertThat(numbers(weights, "out.weight")).containsOnly(0);
            assertThat(numbers(weights, "norm.weight")).containsOnly(1);
            assertThat(numbers(weights, "in.bias")).containsOnly(0);
            assertThat(numbers(weights, "in.weight")).isEqualTo(numbers(again, "in.weight"));
            assertThat(numbers(weights, "in.weight")).isNotEqualTo(numbers(other, "in.weight"));
        }
    }

    private static double deviation(SortedMap<String, NDArray> weights, String name) {
        double squares = 0;
        float[] numbers = numbers(weights, name);
        for (float number : numbers) {
            squares += (double) number * number;
        }
        return Math.sqrt(squares / numbers.length);
    }

    private static float[] numbers(SortedMap<String, NDArray> weights, String name) {
        NDArray array = Objects.requireNonNull(weights.get(name));
        return array.toFloatArray();
    }
}
