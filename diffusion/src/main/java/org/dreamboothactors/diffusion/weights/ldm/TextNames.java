package org.dreamboothactors.diffusion.weights.ldm;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names of the text encoder in original files. */
enum TextNames implements PartNames {
    /** Stable Diffusion 1.x: the names of transformers. */
    TRANSFORMERS {
        @Override
        public LdmPlace place(String name) {
            return LdmPlace.whole(ROOT + "transformer." + name);
        }
    },
    /** Stable Diffusion 2.x: the names of OpenCLIP ({@code open_clip/transformer.py}). */
    OPEN_CLIP {
        @Override
        public LdmPlace place(String name) {
            Matcher layer = LAYER.matcher(name);
            if (!layer.matches()) {
                return LdmPlace.whole(ROOT + "model." + outside(name));
            }
            String block = ROOT + "model.transformer.resblocks." + layer.group(1) + ".";
            Matcher projection = PROJECTION.matcher(layer.group(2));
            if (projection.matches()) {
                return new LdmPlace(
                        block + "attn.in_proj_" + projection.group(2), QKV.indexOf(projection.group(1)), QKV.size());
            }
            return LdmPlace.whole(block + UNetNames.layer(LAYERS, layer.group(2)));
        }
    };

    static final String ROOT = "cond_stage_model.";

    private static final Pattern LAYER = Pattern.compile("text_model\\.encoder\\.layers\\.(\\d+)\\.(.*)");
    private static final Pattern PROJECTION = Pattern.compile("self_attn\\.([qkv])_proj\\.(weight|bias)");
    private static final List<String> QKV = List.of("q", "k", "v");
    private static final Map<String, String> LAYERS = Map.of(
            "self_attn.out_proj", "attn.out_proj",
            "layer_norm1", "ln_1",
            "layer_norm2", "ln_2",
            "mlp.fc1", "mlp.c_fc",
            "mlp.fc2", "mlp.c_proj");

    private static String outside(String name) {
        return switch (name) {
            case "text_model.embeddings.token_embedding.weight" -> "token_embedding.weight";
            case "text_model.embeddings.position_embedding.weight" -> "positional_embedding";
            default -> name.replace("text_model.final_layer_norm.", "ln_final.");
        };
    }
}
