package org.dreamboothactors.diffusion.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.dreamboothactors.diffusion.kernels.Tape.Value;
import org.junit.jupiter.api.Test;

/** Large linear layers take another way through libtorch than small ones. */
final class LinearTest {
    private static final int TOKENS = 128;
    private static final int IN = 320;
    private static final int OUT = 448; // with the others above 2^24

    @Test
    void aLargeOneIsAProductAndHasItsGradients() {
        try (Kernels kernels = Kernels.open(Runtime.getRuntime().availableProcessors())) {
            kernels.define("probe", """

                      def probe(self: __torch__.Kernels, x: Tensor, p: Dict[str, Tensor]) -> Tensor:
                        return self.linear(self.linear(x, "first", p), "second", p)
                    """);
            NDManager manager = kernels.manager();
            NDArray x = random(manager, 2, TOKENS, IN);
            NDArray first = random(manager, IN, IN);
            NDArray second = random(manager, OUT, IN);
            NDArray bias = random(manager, OUT);
            Map<String, NDArray> parameters =
                    Map.of("first.weight", first, "second.weight", second, "second.bias", bias);
            parameters.values().forEach(parameter -> parameter.setRequiresGradient(true));
            NDArray upstream = random(manager, 2, TOKENS, OUT);
            Gradients gradients = new Gradients(manager);
            try (Tape tape = Tape.learning(kernels)) {
                Value y = tape.run(new Block("probe", "", parameters, List.of()), tape.input(x));
                NDArray rows = x.reshape(-1, IN); // (B * M, K)
                NDArray middle = rows.matMul(plain(first).transpose());
                near(y.array(), middle.matMul(plain(second).transpose()).add(plain(bias)));

                tape.back(y, upstream.duplicate(), gradients);
                NDArray g = upstream.reshape(-1, OUT);
                near(of(gradients, "second.weight"), g.transpose().matMul(middle));
                near(of(gradients, "second.bias"), g.sum(new int[] {0}));
                near(
                        of(gradients, "first.weight"),
                        g.matMul(plain(second)).transpose().matMul(rows));
            }
        }
    }

    private static NDArray random(NDManager manager, long... shape) {
        return manager.randomNormal(0, 1, new Shape(shape), DataType.FLOAT32);
    }

    private static NDArray plain(NDArray parameter) {
        return parameter.stopGradient();
    }

    private static NDArray of(Gradients gradients, String name) {
        return Objects.requireNonNull(gradients.byName().get(name), name);
    }

    private static void near(NDArray ours, NDArray exact) {
        double size = exact.norm().getFloat();
        double error = ours.reshape(exact.getShape()).sub(exact).norm().getFloat();
        assertThat(error / size).isCloseTo(0, within(1e-5));
    }
}
