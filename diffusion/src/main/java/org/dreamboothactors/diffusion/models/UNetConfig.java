package org.dreamboothactors.diffusion.models;

import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.file.Path;
import java.util.List;

/**
 * What decides a UNet's shape, from diffusers' {@code unet/config.json}.
 *
 * @param channels of each level, outermost first
 * @param layersPerBlock residual blocks of a level on the way down; one more on the way up
 * @param crossAttention whether a level on the way down attends to the text
 * @param crossAttentionUp the same on the way up, innermost first
 * @param heads of each level's attention; diffusers calls it attention_head_dim
 * @param transformerLayers of one attention
 * @param sampleSize side of the latents it was trained on
 */
public record UNetConfig(
        int inChannels,
        int outChannels,
        List<Integer> channels,
        int layersPerBlock,
        List<Boolean> crossAttention,
        List<Boolean> crossAttentionUp,
        List<Integer> heads,
        int transformerLayers,
        int crossAttentionDim,
        boolean linearProjection,
        int normGroups,
        double normEps,
        boolean flipSinToCos,
        double freqShift,
        int sampleSize) {
    private static final int LATENT_CHANNELS_AT_MOST = 16;

    public UNetConfig {
        channels = List.copyOf(channels);
        crossAttention = List.copyOf(crossAttention);
        crossAttentionUp = List.copyOf(crossAttentionUp);
        heads = List.copyOf(heads);
    }

    /** Reads {@code config.json} in a folder; refuses settings this project does not compute. */
    public static UNetConfig read(Path folder) {
        ConfigFile config = ConfigFile.in(folder);
        List<Integer> channels = config.numbers("block_out_channels");
        int levels = channels.size();
        // Where both are given num_attention_heads counts; both hold a number of heads (diffusers issue 2011).
        List<Integer> misnamed = config.perLevel("attention_head_dim", levels, 8);
        List<Integer> heads = config.perLevel("num_attention_heads", levels, -1);
        UNetConfig read = new UNetConfig(
                config.number("in_channels", 4),
                config.number("out_channels", 4),
                channels,
                config.layers("layers_per_block", 2),
                attends(config, "down_block_types", "CrossAttnDownBlock2D", "DownBlock2D", levels),
                attends(config, "up_block_types", "CrossAttnUpBlock2D", "UpBlock2D", levels),
                heads.contains(-1) ? misnamed : heads,
                config.layers("transformer_layers_per_block", 1),
                config.number("cross_attention_dim", 1280),
                config.flag("use_linear_projection", false),
                config.number("norm_num_groups", 32),
                config.decimal("norm_eps", 1e-5),
                config.flag("flip_sin_to_cos", true),
                config.decimal("freq_shift", 0),
                config.largest("sample_size", 64)); // height and width where it is a list
        config.choice("act_fn", "silu", "swish");
        config.choice("mid_block_type", "UNetMidBlock2DCrossAttn");
        config.choice("time_embedding_type", "positional");
        config.choice("resnet_time_scale_shift", "default");
        config.choice("attention_type", "default");
        config.choice("downsample_padding", "1");
        config.choice("conv_in_kernel", "3");
        config.choice("conv_out_kernel", "3");
        config.choice("mid_block_scale_factor", "1", "1.0");
        config.choice("resnet_out_scale_factor", "1.0", "1");
        // Upcasting guards half precision; heads of absent embeddings change nothing.
        config.ignore("upcast_attention", "addition_embed_type_num_heads");
        config.refuseTheRest();
        if (read.inChannels != read.outChannels || read.inChannels > LATENT_CHANNELS_AT_MOST) {
            throw config.refused(
                    "in_channels",
                    TextNode.valueOf(read.inChannels + " for " + read.outChannels + " out_channels"),
                    "as many. Inpainting models are not supported");
        }
        return read;
    }

    private static List<Boolean> attends(ConfigFile config, String key, String with, String without, int levels) {
        List<String> types = config.texts(key);
        for (String type : types) {
            if (!type.equals(with) && !type.equals(without)) {
                throw config.refused(key, TextNode.valueOf(type), with + " or " + without);
            }
        }
        if (types.size() != levels) {
            throw config.refused(
                    key, TextNode.valueOf(types.toString()), levels + " entries, as block_out_channels has");
        }
        return types.stream().map(with::equals).toList();
    }

    int levels() {
        return channels.size();
    }

    int timeChannels() {
        return channels.getFirst() * 4;
    }
}
