package org.dreamboothactors.diffusion.models;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.dreamboothactors.diffusion.weights.ExpectedShapes;

/**
 * The layers of a UNet in the order they run: what its configuration means. Prefixes are those of the checkpoint, with a
 * trailing dot.
 *
 * @param down levels on the way down, outermost first
 * @param middle the innermost: two residual blocks with an attention between
 * @param up levels on the way up, innermost first
 */
record UNetPlan(UNetConfig config, List<Level> down, Level middle, List<Level> up) {

    /** A residual block; {@code in} counts the skip's channels on the way up. */
    record Resnet(String prefix, int in, int out) {}

    /** A transformer over the pixels; {@code blocks} are the prefixes of its layers. */
    record Attention(String prefix, int channels, int heads, List<String> blocks) {
        static Attention of(UNetConfig config, String prefix, int level) {
            List<String> blocks = IntStream.range(0, config.transformerLayers())
                    .mapToObj(i -> prefix + "transformer_blocks." + i + ".")
                    .toList();
            return new Attention(
                    prefix, config.channels().get(level), config.heads().get(level), blocks);
        }
    }

    /**
     * Residual blocks, each followed by an attention where there are any.
     *
     * @param sampler prefix of the convolution that changes the size at the end; empty where the size stays
     */
    record Level(List<Resnet> resnets, List<Attention> attentions, String sampler, int channels) {
        boolean resamples() {
            return !sampler.isEmpty();
        }
    }

    static UNetPlan of(UNetConfig config) {
        List<Level> down = new ArrayList<>();
        int levels = config.levels();
        for (int i = 0; i < levels; i++) {
            int in = config.channels().get(Math.max(0, i - 1));
            down.add(level(
                    config,
                    "down_blocks." + i + ".",
                    i,
                    downResnets(config, i, in),
                    config.crossAttention().get(i),
                    i < levels - 1 ? "downsamplers.0." : ""));
        }
        List<Level> up = new ArrayList<>();
        for (int i = 0; i < levels; i++) {
            up.add(level(
                    config,
                    "up_blocks." + i + ".",
                    levels - 1 - i,
                    upResnets(config, i),
                    config.crossAttentionUp().get(i),
                    i < levels - 1 ? "upsamplers.0." : ""));
        }
        return new UNetPlan(config, down, middle(config), up);
    }

    private static Level middle(UNetConfig config) {
        int channels = config.channels().getLast();
        return new Level(
                List.of(
                        new Resnet("mid_block.resnets.0.", channels, channels),
                        new Resnet("mid_block.resnets.1.", channels, channels)),
                List.of(Attention.of(config, "mid_block.attentions.0.", config.levels() - 1)),
                "",
                channels);
    }

    private static List<Integer> downResnets(UNetConfig config, int level, int in) {
        List<Integer> inputs = new ArrayList<>();
        for (int j = 0; j < config.layersPerBlock(); j++) {
            inputs.add(j == 0 ? in : config.channels().get(level));
        }
        return inputs;
    }

    /** Input channels with the skip's: the last skip of a level comes from the level above it on the way down. */
    private static List<Integer> upResnets(UNetConfig config, int i) {
        List<Integer> channels = config.channels().reversed();
        int out = channels.get(i);
        int before = channels.get(Math.max(0, i - 1));
        int above = channels.get(Math.min(i + 1, channels.size() - 1));
        List<Integer> inputs = new ArrayList<>();
        for (int j = 0; j <= config.layersPerBlock(); j++) {
            inputs.add((j == 0 ? before : out) + (j == config.layersPerBlock() ? above : out));
        }
        return inputs;
    }

    private static Level level(
            UNetConfig config, String prefix, int level, List<Integer> inputs, boolean attends, String sampler) {
        int out = config.channels().get(level);
        List<Resnet> resnets = new ArrayList<>();
        List<Attention> attentions = new ArrayList<>();
        for (int j = 0; j < inputs.size(); j++) {
            resnets.add(new Resnet(prefix + "resnets." + j + ".", inputs.get(j), out));
            if (attends) {
                attentions.add(Attention.of(config, prefix + "attentions." + j + ".", level));
            }
        }
        return new Level(resnets, attentions, sampler.isEmpty() ? "" : prefix + sampler, out);
    }

    /** All levels in the order they run. */
    List<Level> levels() {
        List<Level> levels = new ArrayList<>(down);
        levels.add(middle);
        levels.addAll(up);
        return levels;
    }

    /** Every parameter. */
    ExpectedShapes shapes() {
        ExpectedShapes shapes = new ExpectedShapes();
        int outer = config.channels().getFirst();
        shapes.conv("conv_in", config.inChannels(), outer, 3);
        shapes.linear("time_embedding.linear_1", outer, config.timeChannels());
        shapes.linear("time_embedding.linear_2", config.timeChannels(), config.timeChannels());
        for (Level level : levels()) {
            level.resnets().forEach(resnet -> shapes(shapes, resnet));
            level.attentions().forEach(attention -> shapes(shapes, attention));
            if (level.resamples()) {
                shapes.conv(level.sampler() + "conv", level.channels(), level.channels(), 3);
            }
        }
        shapes.norm("conv_norm_out", outer);
        shapes.conv("conv_out", outer, config.outChannels(), 3);
        return shapes;
    }

    private void shapes(ExpectedShapes shapes, Resnet resnet) {
        shapes.norm(resnet.prefix() + "norm1", resnet.in());
        shapes.conv(resnet.prefix() + "conv1", resnet.in(), resnet.out(), 3);
        shapes.linear(resnet.prefix() + "time_emb_proj", config.timeChannels(), resnet.out());
        shapes.norm(resnet.prefix() + "norm2", resnet.out());
        shapes.conv(resnet.prefix() + "conv2", resnet.out(), resnet.out(), 3);
        if (resnet.in() != resnet.out()) {
            shapes.conv(resnet.prefix() + "conv_shortcut", resnet.in(), resnet.out(), 1);
        }
    }

    private void shapes(ExpectedShapes shapes, Attention attention) {
        String prefix = attention.prefix();
        int c = attention.channels();
        shapes.norm(prefix + "norm", c);
        for (String projection : List.of("proj_in", "proj_out")) {
            if (config.linearProjection()) {
                shapes.linear(prefix + projection, c, c);
            } else {
                shapes.conv(prefix + projection, c, c, 1);
            }
        }
        for (String block : attention.blocks()) {
            attention(shapes, block + "attn1.", c, c);
            attention(shapes, block + "attn2.", c, config.crossAttentionDim());
            shapes.norm(block + "norm1", c);
            shapes.norm(block + "norm2", c);
            shapes.norm(block + "norm3", c);
            shapes.linear(block + "ff.net.0.proj", c, 8L * c); // value and gate of GEGLU, 4 C each
            shapes.linear(block + "ff.net.2", 4L * c, c);
        }
    }

    private static void attention(ExpectedShapes shapes, String prefix, int channels, int contextChannels) {
        shapes.plainLinear(prefix + "to_q", channels, channels);
        shapes.plainLinear(prefix + "to_k", contextChannels, channels);
        shapes.plainLinear(prefix + "to_v", contextChannels, channels);
        shapes.linear(prefix + "to_out.0", channels, channels);
    }
}
