package org.dreamboothactors.diffusion.weights.ldm;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names of the autoencoder in original files ({@code ldm/modules/diffusionmodules/model.py} of
 * CompVis/stable-diffusion): levels of the decoder are counted from the outside.
 */
record VaeNames(int levels) implements PartNames {
    static final String ROOT = "first_stage_model.";

    private static final Pattern LEVEL = Pattern.compile(
            "(encoder\\.down|decoder\\.up)_blocks\\.(\\d+)\\.(resnets|downsamplers|upsamplers)\\.(\\d+)\\.(.*)");
    private static final Pattern RESNET = Pattern.compile("(encoder|decoder)\\.mid_block\\.resnets\\.(\\d+)\\.(.*)");
    private static final Pattern ATTENTION = Pattern.compile("(encoder|decoder)\\.mid_block\\.attentions\\.0\\.(.*)");
    private static final Map<String, String> ATTENTION_LAYERS = Map.of(
            "group_norm", "norm",
            "to_q", "q",
            "to_k", "k",
            "to_v", "v",
            "to_out.0", "proj_out");

    @Override
    public LdmPlace place(String name) {
        Matcher level = LEVEL.matcher(name);
        Matcher resnet = RESNET.matcher(name);
        Matcher attention = ATTENTION.matcher(name);
        String renamed;
        if (level.matches()) {
            renamed = level(level);
        } else if (resnet.matches()) {
            int index = Integer.parseInt(resnet.group(2)) + 1;
            renamed = resnet.group(1) + ".mid.block_" + index + "." + shortcut(resnet.group(3));
        } else if (attention.matches()) {
            renamed = attention.group(1) + ".mid.attn_1." + UNetNames.layer(ATTENTION_LAYERS, attention.group(2));
        } else {
            renamed = name.replace(".conv_norm_out.", ".norm_out.");
        }
        return LdmPlace.whole(ROOT + renamed);
    }

    private String level(Matcher level) {
        int index = Integer.parseInt(level.group(2));
        boolean down = level.group(1).equals("encoder.down");
        String prefix = level.group(1) + "." + (down ? index : levels - 1 - index) + ".";
        return switch (level.group(3)) {
            case "resnets" -> prefix + "block." + level.group(4) + "." + shortcut(level.group(5));
            case "downsamplers" -> prefix + "downsample." + level.group(5);
            default -> prefix + "upsample." + level.group(5);
        };
    }

    private static String shortcut(String layer) {
        return layer.replace("conv_shortcut.", "nin_shortcut.");
    }
}
