package org.dreamboothactors.diffusion.models;

import java.util.List;
import org.dreamboothactors.diffusion.weights.ExpectedShapes;

/** Names and shapes of an autoencoder's parameters. */
final class VaeShapes {
    private VaeShapes() {}

    static ExpectedShapes of(VaeConfig config) {
        ExpectedShapes shapes = new ExpectedShapes();
        List<Integer> channels = config.channels();
        int levels = channels.size();
        int moments = 2 * config.latentChannels();
        shapes.conv("encoder.conv_in", config.inChannels(), channels.getFirst(), 3);
        for (int i = 0; i < levels; i++) {
            String prefix = "encoder.down_blocks." + i + ".";
            resnets(shapes, prefix, config.layersPerBlock(), channels.get(Math.max(0, i - 1)), channels.get(i));
            if (i < levels - 1) {
                shapes.conv(prefix + "downsamplers.0.conv", channels.get(i), channels.get(i), 3);
            }
        }
        sides(shapes, "encoder.", config, channels.getLast(), moments);
        if (config.quantConv()) {
            shapes.conv("quant_conv", moments, moments, 1);
        }
        if (config.postQuantConv()) {
            shapes.conv("post_quant_conv", config.latentChannels(), config.latentChannels(), 1);
        }
        List<Integer> upwards = channels.reversed();
        shapes.conv("decoder.conv_in", config.latentChannels(), upwards.getFirst(), 3);
        for (int i = 0; i < levels; i++) {
            String prefix = "decoder.up_blocks." + i + ".";
            resnets(shapes, prefix, config.layersPerBlock() + 1, upwards.get(Math.max(0, i - 1)), upwards.get(i));
            if (i < levels - 1) {
                shapes.conv(prefix + "upsamplers.0.conv", upwards.get(i), upwards.get(i), 3);
            }
        }
        sides(shapes, "decoder.", config, upwards.getLast(), config.outChannels());
        return shapes;
    }

    /** The innermost blocks and the last convolution of one side. */
    private static void sides(ExpectedShapes shapes, String side, VaeConfig config, int last, int out) {
        int inner = config.channels().getLast();
        resnets(shapes, side + "mid_block.", 2, inner, inner);
        if (config.midBlockAttention()) {
            String attention = side + "mid_block.attentions.0.";
            shapes.norm(attention + "group_norm", inner);
            for (String layer : List.of("to_q", "to_k", "to_v", "to_out.0")) {
                shapes.linear(attention + layer, inner, inner);
            }
        }
        shapes.norm(side + "conv_norm_out", last);
        shapes.conv(side + "conv_out", last, out, 3);
    }

    private static void resnets(ExpectedShapes shapes, String prefix, int count, int in, int out) {
        for (int j = 0; j < count; j++) {
            int from = j == 0 ? in : out;
            String resnet = prefix + "resnets." + j + ".";
            shapes.norm(resnet + "norm1", from);
            shapes.conv(resnet + "conv1", from, out, 3);
            shapes.norm(resnet + "norm2", out);
            shapes.conv(resnet + "conv2", out, out, 3);
            if (from != out) {
                shapes.conv(resnet + "conv_shortcut", from, out, 1);
            }
        }
    }
}
