package org.dreamboothactors.diffusion.models;

import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.Map;
import org.dreamboothactors.diffusion.kernels.Arithmetic;
import org.dreamboothactors.diffusion.kernels.Block;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.dreamboothactors.diffusion.kernels.Tape;
import org.dreamboothactors.diffusion.kernels.Tape.Value;
import org.dreamboothactors.diffusion.weights.Weights;

/**
 * Attention of the pixels to each other and to the text: {@code Transformer2DModel} of diffusers with its
 * {@code BasicTransformerBlock}s.
 *
 * <p>Self-attention is a block of its own, so that in bf16 its way back can be ours.
 */
final class Transformer2DModel {
    private final Block toTokens;
    private final List<Layer> layers;
    private final Block toPixels;

    private record Layer(Block queriesKeysValues, Block selfAttention, Block rest) {}

    Transformer2DModel(UNetPlan.Attention plan, Weights weights, NDArray groups, Kernels kernels) {
        NDArray heads = kernels.number(plan.heads());
        NDArray flash = kernels.number(weights.arithmetic().flashAttention() ? 1 : 0);
        toTokens = weights.layers("pixels_to_tokens", plan.prefix(), List.of("norm.", "proj_in."), groups);
        Block selfAttention = selfAttention(weights.arithmetic(), heads, flash, kernels);
        layers = plan.blocks().stream()
                .map(prefix -> new Layer(
                        weights.layers(
                                "queries_keys_values",
                                prefix,
                                List.of("norm1.", "attn1.to_q.", "attn1.to_k.", "attn1.to_v.", "attn1.to_qkv.")),
                        selfAttention,
                        weights.layers(
                                "after_self_attention",
                                prefix,
                                List.of("attn1.to_out.", "norm2.", "attn2.", "norm3.", "ff."),
                                heads,
                                flash)))
                .toList();
        toPixels = weights.layers("tokens_to_pixels", plan.prefix(), List.of("proj_out."));
    }

    /** Where libtorch's own bf16 attention is slow, ours in parts. */
    private static Block selfAttention(Arithmetic arithmetic, NDArray heads, NDArray flash, Kernels kernels) {
        boolean quick = kernels.onCuda() || kernels.processor().hasTiles();
        if (arithmetic.bf16() && arithmetic.flashAttention() && !quick) {
            return new Block("self_attention_in_parts", "", Map.of(), List.of(heads))
                    .withReverse("self_attention_in_parts_back");
        }
        return new Block("self_attention", "", Map.of(), List.of(heads, flash));
    }

    /**
     * Looks at all pixels and the text.
     *
     * @param x (B, C, H, W)
     * @param context (B, M, D)
     * @return (B, C, H, W)
     */
    Value forward(Tape tape, Value x, Value context) {
        Value t = tape.run(toTokens, x); // (B, H * W, C)
        for (Layer layer : layers) {
            Value attended = tape.then(layer.selfAttention(), tape.run(layer.queriesKeysValues(), t));
            t = tape.then(layer.rest(), t, attended, context);
        }
        return tape.then(toPixels, t, x);
    }
}
