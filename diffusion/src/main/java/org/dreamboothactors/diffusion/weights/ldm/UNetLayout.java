package org.dreamboothactors.diffusion.weights.ldm;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The UNet's {@code config.json} from the shapes of an original file, as {@code create_unet_diffusers_config_from_ldm} of
 * diffusers makes it from the original YAML.
 *
 * @param blocks residual blocks of a level on the way down
 * @param channels of each level, outermost first
 */
record UNetLayout(Shapes shapes, int blocks, List<Integer> channels) {
    private static final int GROUPS = 32;
    private static final int HEADS = 8;
    private static final int HEAD_CHANNELS = 64;
    private static final int LATENT_SIDE = 64;
    private static final int LATENT_SIDE_OF_V = 96;

    static UNetLayout of(Shapes shapes) {
        if (shapes.count(UNetNames.ROOT + "label_emb.#.") > 0) {
            throw new UnsupportedOperationException("Cannot use " + shapes.file()
                    + ": it has label_emb, the added conditions of SDXL or unCLIP, expected none. Choose a model of the"
                    + " Stable Diffusion 1.x or 2.x kind");
        }
        int all = shapes.count(in("#."));
        List<Integer> downsamplers = IntStream.range(0, all)
                .filter(i -> shapes.has(in(i + ".0.op.weight")))
                .boxed()
                .toList();
        int blocks = (downsamplers.isEmpty() ? all : downsamplers.getFirst()) - 1;
        int levels = downsamplers.size() + 1;
        if (blocks < 1 || all != levels * (blocks + 1)) {
            throw new IllegalArgumentException("Cannot load " + shapes.file() + ": its UNet has " + all
                    + " input blocks on " + levels + " levels, expected some and on each level as many");
        }
        List<Integer> channels = IntStream.range(0, levels)
                .map(level -> shapes.axis(in(1 + level * (blocks + 1) + ".0.out_layers.3.weight"), 0))
                .boxed()
                .toList();
        return new UNetLayout(shapes, blocks, channels);
    }

    private static String in(String rest) {
        return UNetNames.ROOT + "input_blocks." + rest;
    }

    boolean linear() {
        return shapes.dimension(UNetNames.ROOT + "middle_block.1.proj_in.weight") == 2;
    }

    ObjectNode config(Told told, String prediction, Assumptions assumed) {
        int inChannels = shapes.axis(in("0.0.weight"), 1);
        int outChannels = shapes.axis(UNetNames.ROOT + "out.2.weight", 0);
        if (inChannels != outChannels) {
            throw new UnsupportedOperationException("Cannot use " + shapes.file() + ": " + in("0.0.weight") + " takes "
                    + inChannels + " channels, expected " + outChannels
                    + " as it gives. Inpainting checkpoints are not supported");
        }
        ObjectNode config = new ObjectMapper().createObjectNode();
        config.put("_class_name", "UNet2DConditionModel");
        config.put("act_fn", "silu");
        heads(config, told, assumed);
        channels.forEach(config.putArray("block_out_channels")::add);
        config.put("center_input_sample", false);
        config.put("cross_attention_dim", shapes.axis(middle("attn2.to_k.weight"), 1));
        ArrayNode down = config.putArray("down_block_types");
        ArrayNode up = config.putArray("up_block_types");
        for (int i = 0; i < channels.size(); i++) {
            boolean downAttends = shapes.has(in(1 + i * (blocks + 1) + ".1.norm.weight"));
            boolean upAttends = shapes.has(UNetNames.ROOT + "output_blocks." + i * (blocks + 1) + ".1.norm.weight");
            down.add(downAttends ? "CrossAttnDownBlock2D" : "DownBlock2D");
            up.add(upAttends ? "CrossAttnUpBlock2D" : "UpBlock2D");
        }
        config.put("downsample_padding", 1);
        config.put("flip_sin_to_cos", true);
        config.put("freq_shift", 0);
        config.put("in_channels", inChannels);
        config.put("layers_per_block", blocks);
        config.put("mid_block_scale_factor", 1);
        config.put("norm_eps", 1e-5);
        config.put("norm_num_groups", told.unetGroups().orElseGet(() -> groups("UNet", channels, assumed)));
        config.put("out_channels", outChannels);
        int usualSide = linear() && prediction.equals("v_prediction") ? LATENT_SIDE_OF_V : LATENT_SIDE;
        config.put("sample_size", told.latentSide().orElse(usualSide));
        config.put(
                "transformer_layers_per_block", shapes.count(UNetNames.ROOT + "middle_block.1.transformer_blocks.#."));
        config.put("use_linear_projection", linear());
        return config;
    }

    private static String middle(String layer) {
        return UNetNames.ROOT + "middle_block.1.transformer_blocks.0." + layer;
    }

    static int groups(String part, List<Integer> channels, Assumptions assumed) {
        int groups = Shapes.commonDivisor(GROUPS, channels);
        if (groups != GROUPS) {
            assumed.add(groups + " norm groups in the " + part);
        }
        return groups;
    }

    /** diffusers calls the number of heads attention_head_dim. */
    private void heads(ObjectNode config, Told told, Assumptions assumed) {
        List<Integer> heads = new ArrayList<>(told.heads());
        if (heads.isEmpty() && told.headChannels().isPresent()) {
            channels.forEach(width -> heads.add(width / told.headChannels().getAsInt()));
        }
        if (heads.isEmpty() && linear() && Shapes.divides(HEAD_CHANNELS, channels)) {
            channels.forEach(width -> heads.add(width / HEAD_CHANNELS));
        }
        if (heads.isEmpty()) {
            heads.add(Shapes.commonDivisor(HEADS, channels));
            if (linear() || heads.getFirst() != HEADS || !Shapes.divides(GROUPS, channels)) {
                assumed.add(heads.getFirst() + " heads in the UNet");
            }
        }
        if (heads.stream().distinct().count() == 1) {
            config.put("attention_head_dim", heads.getFirst());
        } else {
            heads.forEach(config.putArray("attention_head_dim")::add);
        }
    }
}
