package org.dreamboothactors.diffusion.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.dreamboothactors.diffusion.kernels.Tape.Value;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class TapeTest {
    private final Kernels kernels = Kernels.open(Runtime.getRuntime().availableProcessors());
    private final NDArray picture = random(1, 3, 8, 8);
    private final Block in = block("conv_in", Map.of("conv_in.weight", random(4, 3, 3, 3), "conv_in.bias", random(4)));
    private final Block down = block("downsample", Map.of("conv.weight", random(4, 4, 3, 3), "conv.bias", random(4)));
    private final Block up = block("vae_upsample", Map.of("conv.weight", random(4, 4, 3, 3), "conv.bias", random(4)));

    @AfterEach
    void close() {
        kernels.close();
    }

    @Test
    void checkpointingGivesTheGradientsOfATapeThatKeepsEverythingBitForBit() {
        Map<String, float[]> kept = gradients(Tape::learning);
        Map<String, float[]> computedAgain = gradients(Tape::checkpointing);

        assertThat(computedAgain.keySet()).isEqualTo(kept.keySet()).hasSize(6);
        kept.forEach((name, gradient) -> {
            assertThat(gradient).as(name).isNotEqualTo(new float[gradient.length]);
            assertThat(computedAgain.get(name)).as(name).containsExactly(gradient);
        });
    }

    /** Down and up twice, with the same parameters: their gradients add up. */
    private Map<String, float[]> gradients(Function<Kernels, Tape> kind) {
        Map<String, float[]> copies = new TreeMap<>();
        try (Tape tape = kind.apply(kernels)) {
            Value first = tape.run(in, tape.input(picture));
            Value last = tape.run(up, tape.run(down, first));
            Value sum = tape.run(down, tape.run(up, tape.run(down, last)));
            Gradients gradients = new Gradients(tape.manager());
            tape.back(sum, tape.manager().ones(sum.array().getShape()), gradients);
            gradients.byName().forEach((name, gradient) -> copies.put(name, gradient.toFloatArray()));
        }
        return copies;
    }

    private Block block(String kernel, Map<String, NDArray> parameters) {
        parameters.values().forEach(parameter -> parameter.setRequiresGradient(true));
        return new Block(kernel, kernel + ".", parameters, List.of());
    }

    private NDArray random(long... shape) {
        return kernels.manager().randomNormal(0, 1, new Shape(shape), DataType.FLOAT32);
    }
}
