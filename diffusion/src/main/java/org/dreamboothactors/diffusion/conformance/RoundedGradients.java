package org.dreamboothactors.diffusion.conformance;

import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.dreamboothactors.diffusion.models.UNetConfig;

/**
 * Parameters whose gradients are zero but for rounding, whatever the input is. AdamW makes a whole step of whatever sign
 * the rounding has, and PyTorch on another CPU differs as much.
 *
 * @param groups of the UNet's norms
 * @param lowest beginnings of the names of blocks whose level has one pixel; empty where none has
 */
record RoundedGradients(long groups, List<String> lowest) {
    /** Adds the same to a query's score of every key, which softmax takes away again. */
    private static final String KEY_BIAS = "self_attn.k_proj.bias";
    /** What they add to a channel is taken away again by a norm that has a group for each channel. */
    private static final List<String> BEFORE_NORMS =
            List.of(".conv1.bias", ".time_emb_proj.weight", ".time_emb_proj.bias");
    /** A pixel that is alone attends to itself, whatever its score is. */
    private static final List<String> SCORES = List.of(".attn1.to_q.weight", ".attn1.to_k.weight");

    /** @param side of the latents, the longer one */
    static RoundedGradients of(UNetConfig unet, long side) {
        int last = unet.channels().size() - 1;
        List<String> lowest = IntStream.rangeClosed(0, last)
                .filter(level -> Math.ceilDiv(side, 1L << level) == 1)
                .boxed()
                .flatMap(
                        level -> Stream.of("unet.down_blocks." + level + ".", "unet.up_blocks." + (last - level) + "."))
                .collect(Collectors.toCollection(ArrayList::new));
        if (!lowest.isEmpty()) {
            lowest.add("unet.mid_block.");
        }
        return new RoundedGradients(unet.normGroups(), List.copyOf(lowest));
    }

    boolean decides(String parameter, Shape shape) {
        return parameter.endsWith(KEY_BIAS)
                || (shape.get(0) == groups
                        && parameter.contains(".resnets.")
                        && BEFORE_NORMS.stream().anyMatch(parameter::endsWith))
                || (lowest.stream().anyMatch(parameter::startsWith)
                        && SCORES.stream().anyMatch(parameter::endsWith));
    }
}
