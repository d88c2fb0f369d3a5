package org.dreamboothactors.diffusion.weights.ldm;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.stream.IntStream;

/** The autoencoder's {@code config.json} from the shapes of an original file. */
final class VaeLayout {
    private static final double SCALING = 0.18215;

    private VaeLayout() {}

    static ObjectNode config(Shapes shapes, Told told, int latentSide, Assumptions assumed) {
        String down = VaeNames.ROOT + "encoder.down.";
        int levels = shapes.count(down + "#.block.");
        List<Integer> channels = IntStream.range(0, levels)
                .map(level -> shapes.axis(down + level + ".block.0.conv1.weight", 0))
                .boxed()
                .toList();
        ObjectNode config = new ObjectMapper().createObjectNode();
        config.put("_class_name", "AutoencoderKL");
        config.put("act_fn", "silu");
        channels.forEach(config.putArray("block_out_channels")::add);
        ArrayNode downTypes = config.putArray("down_block_types");
        ArrayNode upTypes = config.putArray("up_block_types");
        for (int i = 0; i < levels; i++) {
            downTypes.add("DownEncoderBlock2D");
            upTypes.add("UpDecoderBlock2D");
        }
        config.put("in_channels", shapes.axis(VaeNames.ROOT + "encoder.conv_in.weight", 1));
        config.put("latent_channels", shapes.axis(VaeNames.ROOT + "decoder.conv_in.weight", 1));
        config.put("layers_per_block", shapes.count(down + "0.block.#."));
        config.put("mid_block_add_attention", shapes.has(VaeNames.ROOT + "encoder.mid.attn_1.norm.weight"));
        config.put("norm_num_groups", told.vaeGroups().orElseGet(() -> UNetLayout.groups("VAE", channels, assumed)));
        config.put("out_channels", shapes.axis(VaeNames.ROOT + "decoder.conv_out.weight", 0));
        config.put("sample_size", latentSide << Math.max(0, levels - 1));
        config.put("scaling_factor", told.scalingFactor().orElse(SCALING));
        config.put("use_post_quant_conv", shapes.has(VaeNames.ROOT + "post_quant_conv.weight"));
        config.put("use_quant_conv", shapes.has(VaeNames.ROOT + "quant_conv.weight"));
        return config;
    }
}
