package org.dreamboothactors.diffusion.models;

import ai.djl.ndarray.NDArray;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.dreamboothactors.diffusion.kernels.Block;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.dreamboothactors.diffusion.kernels.Tape;
import org.dreamboothactors.diffusion.kernels.Tape.Value;
import org.dreamboothactors.diffusion.weights.ExpectedShapes;
import org.dreamboothactors.diffusion.weights.StoredWeights;
import org.dreamboothactors.diffusion.weights.Weights;

/**
 * The text encoder: {@code CLIPTextModel} of transformers (Radford et al. 2021).
 *
 * <p>Lives as long as its kernels and its weights, on their thread.
 */
public final class CLIPTextModel {
    /** Folder in a diffusers model, and prefix of its parameters among those of several models. */
    public static final String PART = "text_encoder";

    private static final String ROOT = "text_model.";
    /** In configurations of before transformers 4.31; the end of such a text is the first of its highest ids. */
    private static final int LEGACY_EOS = 2;

    private final CLIPTextConfig config;
    private final Weights weights;
    private final Block embeddings;
    private final List<Block> layers = new ArrayList<>();
    private final Block finalNorm;

    private CLIPTextModel(CLIPTextConfig config, Weights weights, Kernels kernels) {
        this.config = config;
        this.weights = weights;
        NDArray eps = kernels.number(config.layerNormEps());
        NDArray heads = kernels.number(config.heads());
        NDArray quick = kernels.number(config.quickGelu() ? 1 : 0);
        embeddings = weights.block("text_embeddings", ROOT + "embeddings.");
        for (int i = 0; i < config.layers(); i++) {
            layers.add(weights.block("text_layer", ROOT + "encoder.layers." + i + ".", heads, quick, eps));
        }
        finalNorm = weights.layers("text_norm", ROOT, List.of("final_layer_norm."), eps);
    }

    /** Loads a folder with {@code config.json} and safetensors, with or without the prefix that transformers 5 drops. */
    public static CLIPTextModel load(Path folder, Kernels kernels) {
        return load(folder, kernels, UnaryOperator.identity());
    }

    /**
     * The same with other weights than the folder's.
     *
     * @param adapt from the folder's weights; may add some, which the kernels find by their names
     */
    public static CLIPTextModel load(Path folder, Kernels kernels, UnaryOperator<Weights> adapt) {
        return over(folder, adapt.apply(stored(folder).load(kernels)), kernels);
    }

    /** The model of a folder's {@code config.json} over weights that are in memory. */
    public static CLIPTextModel over(Path folder, Weights weights, Kernels kernels) {
        return new CLIPTextModel(CLIPTextConfig.read(folder), weights, kernels);
    }

    /** What a folder holds. */
    public static StoredWeights stored(Path folder) {
        return StoredWeights.of(folder, PART, shapes(CLIPTextConfig.read(folder)), CLIPTextModel::renamed);
    }

    /** Over weights that may be part of a larger model's, with the prefix that transformers 5 drops. */
    static CLIPTextModel of(CLIPTextConfig config, Weights weights, Kernels kernels) {
        return new CLIPTextModel(config, weights, kernels);
    }

    /** A parameter's name here, for one with or without the prefix that transformers 5 drops. */
    public static String renamed(String name) {
        return name.startsWith(ROOT) ? name : ROOT + name;
    }

    /** Every parameter of a model of this configuration. */
    public static ExpectedShapes shapes(CLIPTextConfig config) {
        ExpectedShapes shapes = new ExpectedShapes();
        int c = config.hiddenSize();
        shapes.embedding(ROOT + "embeddings.token_embedding", config.vocabSize(), c);
        shapes.embedding(ROOT + "embeddings.position_embedding", config.positions(), c);
        for (int i = 0; i < config.layers(); i++) {
            layer(shapes, ROOT + "encoder.layers." + i + ".", c, config.intermediateSize());
        }
        shapes.norm(ROOT + "final_layer_norm", c);
        return shapes;
    }

    /** Those of one {@code CLIPEncoderLayer}. */
    static void layer(ExpectedShapes shapes, String layer, int width, int intermediateSize) {
        for (String projection : List.of("q_proj", "k_proj", "v_proj", "out_proj")) {
            shapes.linear(layer + "self_attn." + projection, width, width);
        }
        shapes.norm(layer + "layer_norm1", width);
        shapes.norm(layer + "layer_norm2", width);
        shapes.linear(layer + "mlp.fc1", width, intermediateSize);
        shapes.linear(layer + "mlp.fc2", intermediateSize, width);
    }

    public Weights weights() {
        return weights;
    }

    /**
     * The text as the UNet attends to it.
     *
     * @param ids (B, N), int64
     * @return (B, N, C), after the final norm
     */
    public Value forward(Tape tape, NDArray ids) {
        return tape.run(finalNorm, hidden(tape, ids, layers.size()));
    }

    /** The output of an earlier layer through the final norm: {@code skipped} 1 is the penultimate ("clip skip 2"). */
    public Value forwardSkipping(Tape tape, NDArray ids, int skipped) {
        return tape.run(finalNorm, hidden(tape, ids, layers.size() - skipped));
    }

    /**
     * What texts say as a whole: their states at the first end token, through a head.
     *
     * @param ids one row a text
     * @param head takes the states and the places of the ends among all of them
     */
    public Value pooled(Tape tape, List<long[]> ids, Block head) {
        int[] places = ids.stream().mapToInt(this::end).toArray();
        // States see what is before them only: nothing after the last end matters.
        int length = Arrays.stream(places).max().orElseThrow() + 1;
        long[][] rows = ids.stream().map(row -> Arrays.copyOf(row, length)).toArray(long[][]::new);
        long[] ends = new long[places.length];
        for (int i = 0; i < ends.length; i++) {
            ends[i] = (long) i * length + places[i];
        }
        Value states = forward(tape, tape.manager().create(rows));
        return tape.run(head, states, tape.input(tape.manager().create(ends)));
    }

    /** Where a text ends, as transformers sees it: at its first end token; of none at the beginning. */
    public int end(long[] ids) {
        if (config.eosTokenId() == LEGACY_EOS) {
            int largest = 0;
            for (int i = 1; i < ids.length; i++) {
                largest = ids[i] > ids[largest] ? i : largest;
            }
            return largest;
        }
        return IntStream.range(0, ids.length)
                .filter(i -> ids[i] == config.eosTokenId())
                .findFirst()
                .orElse(0);
    }

    private Value hidden(Tape tape, NDArray ids, int depth) {
        if (ids.getShape().get(1) > config.positions()) {
            throw new IllegalArgumentException("Cannot encode a text of "
                    + ids.getShape().get(1) + " tokens: the text encoder has " + config.positions()
                    + " positions. Set model_max_length in tokenizer/tokenizer_config.json to at most that.");
        }
        Value x = tape.run(embeddings, tape.input(ids)); // (B, N, C)
        for (Block layer : layers.subList(0, depth)) {
            x = tape.run(layer, x);
        }
        return x;
    }
}
