package org.dreamboothactors.diffusion.kernels;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.dreamboothactors.diffusion.kernels.Tape.Value;

/** Runs blocks there and back, and says how far results are from what is exact. */
public record BlockRuns(Kernels kernels) {
    /** The last block's result, and the gradients of the sum of its products with some numbers, in fp32. */
    Map<String, NDArray> run(List<Block> chain, Arithmetic arithmetic, NDArray... inputs) {
        try (Tape tape = Tape.learning(kernels)) {
            List<NDArray> prepared = kernels.prepared(List.of(inputs), arithmetic, kernels.manager());
            Value out = tape.run(
                    chain.getFirst(), prepared.stream().map(tape::input).toArray(Value[]::new));
            for (Block next : chain.subList(1, chain.size())) {
                out = tape.run(next, out);
            }
            Map<String, NDArray> found = new TreeMap<>(Map.of("result", wide(out.array())));
            NDArray some = kernels.manager() // of a chirp, which has no period for sums to vanish over
                    .arange(0, (float) out.array().size(), 1, DataType.FLOAT32)
                    .reshape(out.array().getShape())
                    .pow(1.5)
                    .sin();
            Gradients gradients = new Gradients(kernels.manager());
            tape.back(
                    out,
                    kernels.prepared(List.of(some), arithmetic, kernels.manager())
                            .getFirst(),
                    gradients);
            gradients.byName().forEach((name, gradient) -> found.put(name, wide(gradient)));
            return found;
        }
    }

    /** Distance of what was found under a name from what is exact, beside its size. */
    double error(Map<String, NDArray> found, String name, NDArray exact) {
        return error(Objects.requireNonNull(found.get(name), name), exact);
    }

    /** Distance from what is exact, beside its size. */
    public double error(NDArray found, NDArray exact) {
        return norm(wide(found).sub(exact)) / norm(exact);
    }

    private static double norm(NDArray array) {
        return array.norm().toFloatArray()[0];
    }

    private NDArray wide(NDArray array) {
        NDArray wide = array.toType(DataType.FLOAT32, true);
        wide.attach(kernels.manager());
        return wide;
    }
}
