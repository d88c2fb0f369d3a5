package org.dreamboothactors.diffusion.weights.ldm;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dreamboothactors.diffusion.models.UNetConfig;

/**
 * Names of the UNet in original files ({@code openaimodel.py} of CompVis/stable-diffusion): blocks are counted through
 * all levels, where diffusers counts them within a level.
 */
record UNetNames(UNetConfig config) implements PartNames {
    static final String ROOT = "model.diffusion_model.";

    private static final Pattern SIDE =
            Pattern.compile("(down|up)_blocks\\.(\\d+)\\.(resnets|attentions|downsamplers|upsamplers)\\.(\\d+)\\.(.*)");
    private static final Pattern MIDDLE = Pattern.compile("mid_block\\.(resnets|attentions)\\.(\\d+)\\.(.*)");
    private static final Map<String, String> OUTSIDE = Map.of(
            "conv_in", "input_blocks.0.0",
            "time_embedding.linear_1", "time_embed.0",
            "time_embedding.linear_2", "time_embed.2",
            "conv_norm_out", "out.0",
            "conv_out", "out.2");
    private static final Map<String, String> RESNET = Map.of(
            "norm1", "in_layers.0",
            "conv1", "in_layers.2",
            "time_emb_proj", "emb_layers.1",
            "norm2", "out_layers.0",
            "conv2", "out_layers.3",
            "conv_shortcut", "skip_connection");

    @Override
    public LdmPlace place(String name) {
        Matcher side = SIDE.matcher(name);
        Matcher middle = MIDDLE.matcher(name);
        if (side.matches()) {
            return LdmPlace.whole(ROOT + side(side));
        }
        if (middle.matches()) {
            int index = Integer.parseInt(middle.group(2));
            return LdmPlace.whole(ROOT
                    + (middle.group(1).equals("resnets")
                            ? "middle_block." + 2 * index + "." + layer(RESNET, middle.group(3))
                            : "middle_block.1." + middle.group(3)));
        }
        return LdmPlace.whole(ROOT + layer(OUTSIDE, name));
    }

    private String side(Matcher side) {
        int level = Integer.parseInt(side.group(2));
        int index = Integer.parseInt(side.group(4));
        int perLevel = config.layersPerBlock() + 1;
        boolean down = side.group(1).equals("down");
        int block = down ? 1 + level * perLevel + index : level * perLevel + index;
        String prefix = (down ? "input_blocks." : "output_blocks.");
        return switch (side.group(3)) {
            case "resnets" -> prefix + block + ".0." + layer(RESNET, side.group(5));
            case "attentions" -> prefix + block + ".1." + side.group(5);
            case "downsamplers" ->
                prefix + (level + 1) * perLevel + ".0.op." + side.group(5).replace("conv.", "");
            default -> {
                int place = config.crossAttentionUp().get(level) ? 2 : 1; // after the attention, where there is one
                yield prefix + (level * perLevel + perLevel - 1) + "." + place + "." + side.group(5);
            }
        };
    }

    /** Replaces all of a name but its last part, {@code weight} or {@code bias}. */
    static String layer(Map<String, String> layers, String name) {
        int dot = name.lastIndexOf('.');
        String replaced = layers.get(name.substring(0, dot));
        if (replaced == null) {
            throw new IllegalArgumentException("Cannot place " + name + ": original files have no such layer, expected "
                    + layers.keySet().stream().sorted().toList());
        }
        return replaced + name.substring(dot);
    }
}
