package org.dreamboothactors.diffusion.models;

import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.file.Path;
import java.util.List;

/**
 * What decides an autoencoder's shape, from diffusers' {@code vae/config.json}.
 *
 * @param channels of each level, outermost first
 * @param scalingFactor latents are multiplied by it before the UNet sees them
 */
public record VaeConfig(
        int inChannels,
        int outChannels,
        List<Integer> channels,
        int layersPerBlock,
        int latentChannels,
        int normGroups,
        double scalingFactor,
        boolean quantConv,
        boolean postQuantConv,
        boolean midBlockAttention) {
    /** diffusers' default, for the configurations of the first models, which lack it. */
    private static final double SCALING = 0.18215;

    public VaeConfig {
        channels = List.copyOf(channels);
    }

    /** Reads {@code config.json} in a folder; refuses settings this project does not compute. */
    public static VaeConfig read(Path folder) {
        ConfigFile config = ConfigFile.in(folder);
        VaeConfig read = new VaeConfig(
                config.number("in_channels", 3),
                config.number("out_channels", 3),
                config.numbers("block_out_channels"),
                config.layers("layers_per_block", 1),
                config.number("latent_channels", 4),
                config.number("norm_num_groups", 32),
                config.decimal("scaling_factor", SCALING),
                config.flag("use_quant_conv", true),
                config.flag("use_post_quant_conv", true),
                config.flag("mid_block_add_attention", true));
        config.choice("act_fn", "silu", "swish");
        // Upcasting guards fp16, whose range is small; the size is only what it was trained on.
        config.ignore("force_upcast", "sample_size");
        types(config, "down_block_types", "DownEncoderBlock2D", read.channels().size());
        types(config, "up_block_types", "UpDecoderBlock2D", read.channels().size());
        config.refuseTheRest();
        return read;
    }

    private static void types(ConfigFile config, String key, String only, int levels) {
        List<String> types = config.texts(key);
        if (types.size() != levels || !types.stream().allMatch(only::equals)) {
            throw config.refused(key, TextNode.valueOf(types.toString()), levels + " times " + only);
        }
    }

    /** Pixels to a latent's side. */
    public int pixelsPerLatent() {
        return 1 << (channels.size() - 1);
    }
}
