package org.dreamboothactors.diffusion.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

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

    private static NDArray convolved(Kernels kernels, NDArray x, NDArray weight, NDArray bias) {
        Block block = new Block(
                "conv_in",
                "",
                Map.of("conv_in.weight", weight, "conv_in.bias", bias),
                List.of(),
                Arithmetic.PLAIN,
                Optional.empty());
        try (Tape tape = Tape.forward(kernels)) {
            NDArray result = tape.run(block, tape.input(x)).array();
            result.attach(kernels.manager());
            return result;
        }
    }
}
