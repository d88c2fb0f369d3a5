package org.dreamboothactors.diffusion.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ConvolutionTest {
    private static final int CHANNELS = 1024;

    /** fp32 weights of 64 MiB and more may be multiplied in another way than smaller ones. */
    @Test
    void largeWeightsGiveWhatTheirHalvesDo() {
        try (Kernels kernels = Kernels.open(Runtime.getRuntime().availableProcessors())) {
            NDManager manager = kernels.manager();
            NDArray x = manager.randomNormal(0, 1, new Shape(2, CHANNELS, 8, 8), DataType.FLOAT32);
            NDArray weight = manager.randomNormal(0, 0.01f, new Shape(2 * CHANNELS, CHANNELS, 3, 3), DataType.FLOAT32);
            NDArray bias = manager.randomNormal(0, 1, new Shape(2 * CHANNELS), DataType.FLOAT32);
            NDArray whole = convolved(kernels, x, weight, bias);

            for (int half = 0; half < 2; half++) {
                NDIndex rows = new NDIndex(half * CHANNELS + ":" + (half + 1) * CHANNELS);
                NDArray exact = convolved(
                        kernels, x, weight.get(rows).duplicate(), bias.get(rows).duplicate());

                NDArray found = whole.get(new NDIndex(":," + half * CHANNELS + ":" + (half + 1) * CHANNELS));
                assertThat(new BlockRuns(kernels).error(found, exact)).isLessThan(1e-5);
            }
        }
    }

    /** On processors with AVX2 alone they are done by Winograd's minimal filtering; elsewhere libtorch does them. */
    @ParameterizedTest
    @CsvSource({"64, 64, 256, 320", "32, 40, 320, 256", "32, 32, 257, 256"})
    void largeConvolutionsGiveThereAndBackWhatLibtorchDoes(int height, int width, int from, int to) {
        List<Map<String, NDArray>> found = new ArrayList<>();
        try (Kernels plain = Kernels.open(Runtime.getRuntime().availableProcessors(), new Processor("any", "avx512f"));
                Kernels fast = Kernels.open(Runtime.getRuntime().availableProcessors(), new Processor("any", "avx2"))) {
            NDManager manager = plain.manager();
            NDArray x = manager.randomNormal(0, 1, new Shape(2, from, height, width), DataType.FLOAT32);
            NDArray first = manager.randomNormal(0, 0.02f, new Shape(to, from, 3, 3), DataType.FLOAT32);
            NDArray second = manager.randomNormal(0, 0.02f, new Shape(from, to, 3, 3), DataType.FLOAT32);
            NDArray bias = manager.randomNormal(0, 1, new Shape(to), DataType.FLOAT32);
            NDArray others = manager.randomNormal(0, 1, new Shape(from), DataType.FLOAT32);
            List.of(first, second, bias, others).forEach(parameter -> parameter.setRequiresGradient(true));
            List<Block> chain = List.of(convolution("a.", first, bias), convolution("b.", second, others));
            for (Kernels kernels : List.of(plain, fast)) {
                found.add(new BlockRuns(kernels).run(chain, Arithmetic.PLAIN, x));
            }
            assertThat(found.getFirst()).hasSize(5);
            assertThat(numbers(found.getLast(), "result")) // they are done in another way
                    .isNotEqualTo(numbers(found.getFirst(), "result"));
            found.getFirst()
                    .forEach((name, exact) -> assertThat(new BlockRuns(plain).error(found.getLast(), name, exact))
                            .as(name)
                            .isLessThan(1e-5));
        }
    }

    @ParameterizedTest
    @CsvSource({"64, 4", "32, 2"})
    void largeConvolutionsGiveTheSameBitsWhereverTheirMemoryLies(int side, int pictures) {
        try (Kernels kernels = Kernels.open(Runtime.getRuntime().availableProcessors(), new Processor("any", "avx2"))) {
            NDManager manager = kernels.manager();
            NDArray x = manager.randomNormal(0, 1, new Shape(pictures, 256, side, side), DataType.FLOAT32);
            NDArray weight = manager.randomNormal(0, 0.02f, new Shape(256, 256, 3, 3), DataType.FLOAT32);
            NDArray bias = manager.randomNormal(0, 1, new Shape(256), DataType.FLOAT32);
            List.of(weight, bias).forEach(parameter -> parameter.setRequiresGradient(true));
            List<Block> chain = List.of(convolution("a.", weight, bias));
            Map<String, NDArray> first = new BlockRuns(kernels).run(chain, Arithmetic.PLAIN, x);
            for (int i = 1; i < 4; i++) {
                var _ = manager.ones(new Shape(1009L * i * i)); // moves what comes after it
                Map<String, NDArray> again = new BlockRuns(kernels).run(chain, Arithmetic.PLAIN, x);
                for (String name : first.keySet()) {
                    assertThat(numbers(again, name)).as(name).isEqualTo(numbers(first, name));
                }
            }
        }
    }

    private static float[] numbers(Map<String, NDArray> found, String name) {
        return Objects.requireNonNull(found.get(name), name).toFloatArray();
    }

    private static Block convolution(String prefix, NDArray weight, NDArray bias) {
        return new Block("conv_in", prefix, Map.of("conv_in.weight", weight, "conv_in.bias", bias), List.of());
    }

    private static NDArray convolved(Kernels kernels, NDArray x, NDArray weight, NDArray bias) {
        try (Tape tape = Tape.forward(kernels)) {
            NDArray result =
                    tape.run(convolution("", weight, bias), tape.input(x)).array();
            result.attach(kernels.manager());
            return result;
        }
    }
}
