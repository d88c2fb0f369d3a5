package org.dreamboothactors.diffusion.models;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.dreamboothactors.diffusion.kernels.Block;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.dreamboothactors.diffusion.kernels.Tape;
import org.dreamboothactors.diffusion.kernels.Tape.Value;
import org.dreamboothactors.diffusion.weights.ExpectedShapes;
import org.dreamboothactors.diffusion.weights.StoredWeights;
import org.dreamboothactors.diffusion.weights.Weights;

/**
 * The network that finds the noise in a latent: {@code UNet2DConditionModel} of diffusers (Rombach et al. 2022).
 *
 * <p>Lives as long as its kernels and its weights, on their thread.
 */
public final class UNet2DConditionModel {
    /** Folder in a diffusers model, and prefix of its parameters among those of several models. */
    public static final String PART = "unet";

    private final UNetConfig config;
    private final Weights weights;
    private final Block timeEmbedding;
    private final Block convIn;
    private final List<Level> down = new ArrayList<>();
    private final Level middle;
    private final List<Level> up = new ArrayList<>();
    private final Block convOut;
    private final Optional<Block> whole;

    /** Blocks of a level; {@code attentions} and {@code sampler} may be empty. */
    private record Level(List<Block> resnets, List<Transformer2DModel> attentions, List<Block> sampler) {}

    private UNet2DConditionModel(UNetConfig config, Weights weights, Kernels kernels) {
        this.config = config;
        this.weights = weights;
        NDArray groups = kernels.number(config.normGroups());
        NDArray eps = kernels.number(config.normEps());
        timeEmbedding = weights.block(
                "time_embedding",
                "time_embedding.",
                kernels.number(config.flipSinToCos() ? 1 : 0),
                kernels.number(config.freqShift()));
        convIn = weights.layers("conv_in", "", List.of("conv_in."));
        convOut = weights.layers("conv_out", "", List.of("conv_norm_out.", "conv_out."), groups, eps);
        UNetPlan plan = UNetPlan.of(config);
        whole = weights.arithmetic().wholeGraph() ? Optional.of(whole(plan, kernels)) : Optional.empty();
        plan.down().forEach(level -> down.add(blocks(level, "resnet", "downsample", kernels)));
        middle = blocks(plan.middle(), "resnet", "", kernels);
        plan.up().forEach(level -> up.add(blocks(level, "resnet_up", "upsample", kernels)));
    }

    /** Loads a folder with {@code config.json} and safetensors. */
    public static UNet2DConditionModel load(Path folder, Kernels kernels) {
        return load(folder, kernels, UnaryOperator.identity());
    }

    /**
     * The same with other weights than the folder's.
     *
     * @param adapt from the folder's weights; may add some, which the kernels find by their names
     */
    public static UNet2DConditionModel load(Path folder, Kernels kernels, UnaryOperator<Weights> adapt) {
        return over(folder, adapt.apply(stored(folder).load(kernels)), kernels);
    }

    /** The model of a folder's {@code config.json} over weights that are in memory. */
    public static UNet2DConditionModel over(Path folder, Weights weights, Kernels kernels) {
        return new UNet2DConditionModel(UNetConfig.read(folder), weights, kernels);
    }

    /** The same model in bf16 for going forward alone; its weights belong to {@code kernels}, beside these. */
    public UNet2DConditionModel packed(Kernels kernels) {
        return new UNet2DConditionModel(config, weights.packed(kernels), kernels);
    }

    /** What a folder holds. */
    public static StoredWeights stored(Path folder) {
        return StoredWeights.of(folder, PART, shapes(UNetConfig.read(folder)), UnaryOperator.identity());
    }

    /** Every parameter of a model of this configuration. */
    public static ExpectedShapes shapes(UNetConfig config) {
        return UNetPlan.of(config).shapes();
    }

    public UNetConfig config() {
        return config;
    }

    public Weights weights() {
        return weights;
    }

    private Block whole(UNetPlan plan, Kernels kernels) {
        kernels.define(UNetGraph.KERNEL, UNetGraph.source(plan));
        return weights.whole(
                UNetGraph.KERNEL,
                UNetGraph.prefixes(plan),
                kernels.number(config.normGroups()),
                kernels.number(config.normEps()),
                kernels.number(config.flipSinToCos() ? 1 : 0),
                kernels.number(config.freqShift()),
                kernels.number(weights.arithmetic().flashAttention() ? 1 : 0),
                kernels.host().create(UNetGraph.heads(plan)));
    }

    private Level blocks(UNetPlan.Level level, String resnet, String sampler, Kernels kernels) {
        NDArray groups = kernels.number(config.normGroups());
        NDArray eps = kernels.number(config.normEps());
        return new Level(
                level.resnets().stream()
                        .map(part -> weights.block(resnet, part.prefix(), groups, eps))
                        .toList(),
                level.attentions().stream()
                        .map(part -> new Transformer2DModel(part, weights, groups, kernels))
                        .toList(),
                level.resamples() ? List.of(weights.block(sampler, level.sampler())) : List.of());
    }

    /**
     * Predicts.
     *
     * @param sample (B, C, H, W), fp32
     * @param timesteps (B), int64 or fp32, 0 to 999; samplers also ask between two of them
     * @param context (B, N, D), the text
     * @return (B, C, H, W)
     */
    public Value forward(Tape tape, NDArray sample, NDArray timesteps, Value context) {
        if (whole.isPresent()) {
            return tape.run(whole.get(), tape.input(sample), tape.input(timesteps), context);
        }
        Value temb = tape.run(timeEmbedding, tape.input(timesteps)); // (B, T)
        Value x = tape.run(convIn, tape.input(sample));
        Deque<Value> skips = new ArrayDeque<>();
        skips.push(x);
        for (Level level : down) {
            x = down(tape, level, x, temb, context, skips);
        }
        x = tape.run(middle.resnets().get(0), x, temb);
        x = middle.attentions().get(0).forward(tape, x, context);
        x = tape.run(middle.resnets().get(1), x, temb);
        for (Level level : up) {
            x = up(tape, level, x, temb, context, skips);
        }
        return tape.run(convOut, x);
    }

    private static Value down(Tape tape, Level level, Value input, Value temb, Value context, Deque<Value> skips) {
        Value x = input;
        for (int j = 0; j < level.resnets().size(); j++) {
            x = tape.run(level.resnets().get(j), x, temb);
            if (!level.attentions().isEmpty()) {
                x = level.attentions().get(j).forward(tape, x, context);
            }
            skips.push(x);
        }
        for (Block sampler : level.sampler()) {
            x = tape.run(sampler, x);
            skips.push(x);
        }
        return x;
    }

    private static Value up(Tape tape, Level level, Value input, Value temb, Value context, Deque<Value> skips) {
        Value x = input;
        for (int j = 0; j < level.resnets().size(); j++) {
            x = tape.run(level.resnets().get(j), x, skips.pop(), temb);
            if (!level.attentions().isEmpty()) {
                x = level.attentions().get(j).forward(tape, x, context);
            }
        }
        for (Block sampler : level.sampler()) {
            // The next skip knows the size: an odd side was rounded on the way down.
            x = tape.run(sampler, x, tape.input(skips.element().array()));
        }
        return x;
    }

    /** Shape of a batch of latents of {@code height} by {@code width}. */
    public Shape latents(int batch, int height, int width) {
        return new Shape(batch, config.inChannels(), height, width);
    }
}
