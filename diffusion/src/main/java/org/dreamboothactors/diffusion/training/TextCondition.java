package org.dreamboothactors.diffusion.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.dreamboothactors.diffusion.kernels.Block;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.dreamboothactors.diffusion.kernels.Tape;
import org.dreamboothactors.diffusion.kernels.Tape.Value;
import org.dreamboothactors.diffusion.models.CLIPTextModel;

/**
 * What the samples of a batch are told: each prompt is encoded once, and every sample takes its row.
 *
 * <p>Where the text encoder is frozen its output is computed once for the whole run.
 */
public final class TextCondition {
    private final Source source;
    private final NDArray rows; // (B), int64: which prompt each sample has
    private final Block pick;

    private sealed interface Source {}

    /** (P, N, D): P prompts. */
    private record Frozen(NDArray embeddings) implements Source {}

    private record Learning(CLIPTextModel encoder, NDArray ids) implements Source {}

    private TextCondition(Source source, NDArray rows) {
        this.source = source;
        this.rows = rows;
        this.pick = new Block("rows", "", Map.of(), List.of());
    }

    /** Encodes now; the encoder is not needed again. {@code ids} has one row a sample. */
    public static TextCondition frozen(Kernels kernels, CLIPTextModel encoder, List<long[]> ids) {
        List<long[]> prompts = distinct(ids);
        try (Tape tape = Tape.forward(kernels);
                NDArray tokens = kernels.manager().create(prompts.toArray(long[][]::new))) {
            NDArray embeddings = encoder.forward(tape, tokens).array();
            embeddings.attach(kernels.manager());
            return new TextCondition(new Frozen(embeddings), rows(kernels.manager(), prompts, ids));
        }
    }

    /** Encodes in every step, so that the encoder learns. */
    public static TextCondition learning(Kernels kernels, CLIPTextModel encoder, List<long[]> ids) {
        List<long[]> prompts = distinct(ids);
        NDArray tokens = kernels.manager().create(prompts.toArray(long[][]::new));
        return new TextCondition(new Learning(encoder, tokens), rows(kernels.manager(), prompts, ids));
    }

    /** (B, N, D). */
    Value of(Tape tape) {
        Value prompts = switch (source) {
            case Frozen(NDArray embeddings) -> tape.input(embeddings);
            case Learning(CLIPTextModel encoder, NDArray ids) -> encoder.forward(tape, ids);
        };
        return tape.run(pick, prompts, tape.input(rows));
    }

    private static List<long[]> distinct(List<long[]> ids) {
        return IntStream.range(0, ids.size())
                .filter(i -> place(ids, ids.get(i)) == i)
                .mapToObj(ids::get)
                .toList();
    }

    private static NDArray rows(NDManager manager, List<long[]> prompts, List<long[]> ids) {
        return manager.create(ids.stream().mapToLong(row -> place(prompts, row)).toArray());
    }

    private static int place(List<long[]> rows, long[] wanted) {
        return IntStream.range(0, rows.size())
                .filter(i -> Arrays.equals(rows.get(i), wanted))
                .findFirst()
                .orElseThrow();
    }
}
