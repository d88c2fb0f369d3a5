package org.dreamboothactors.diffusion.weights.ldm;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.dreamboothactors.diffusion.weights.ldm.Told.TextEnd;

/**
 * The text encoder's {@code config.json} from the shapes of an original file.
 *
 * @param layers in the file, of which the last may never run
 */
record TextLayout(Shapes shapes, TextNames names, int layers) {
    private static final int HEAD_CHANNELS = 64;
    private static final int MOST_HEADS = 8;
    /** OpenCLIP-H, of which Stable Diffusion 2.x runs all but the last. */
    private static final int LAYERS_OF_SD2 = 24;

    private static final int WIDTH_OF_SD2 = 1024;

    static TextLayout of(Shapes shapes) {
        String transformers = TextNames.ROOT + "transformer.text_model.encoder.layers.#.";
        String openClip = TextNames.ROOT + "model.transformer.resblocks.#.";
        TextNames names = shapes.count(openClip) > 0 ? TextNames.OPEN_CLIP : TextNames.TRANSFORMERS;
        int layers = shapes.count(names == TextNames.OPEN_CLIP ? openClip : transformers);
        if (layers == 0) {
            String found = shapes.tensors().keySet().stream()
                    .filter(name -> name.startsWith(TextNames.ROOT))
                    .findFirst()
                    .orElse("nothing");
            throw new UnsupportedOperationException("Cannot use " + shapes.file()
                    + ": its text encoder begins with " + found + ", expected the names of transformers ("
                    + transformers
                    + ") or OpenCLIP (" + openClip + ")");
        }
        return new TextLayout(shapes, names, layers);
    }

    /** How many layers run. */
    private int running(Told told) {
        TextEnd usual = names == TextNames.OPEN_CLIP && layers == LAYERS_OF_SD2 ? TextEnd.PENULTIMATE : TextEnd.LAST;
        return switch (told.textEnd().orElse(usual)) {
            case LAST -> layers;
            case PENULTIMATE -> layers - 1;
        };
    }

    /** What a layer that never runs is called in the file. */
    String unused(Told told) {
        return running(told) == layers
                ? "(none)"
                : names.place("text_model.encoder.layers." + (layers - 1) + ".layer_norm1.weight")
                        .name()
                        .replaceFirst("\\.(ln_1|layer_norm1)\\.weight$", ".");
    }

    /** Whether OpenCLIP trained it, whose names a file need not have kept. */
    boolean isOpenClip() {
        String tokens =
                names.place("text_model.embeddings.token_embedding.weight").name();
        return names == TextNames.OPEN_CLIP || shapes.axis(tokens, 1) == WIDTH_OF_SD2;
    }

    ObjectNode config(Told told, Assumptions assumed) {
        String tokens =
                names.place("text_model.embeddings.token_embedding.weight").name();
        String positions =
                names.place("text_model.embeddings.position_embedding.weight").name();
        String inner = names.place("text_model.encoder.layers.0.mlp.fc1.weight").name();
        int vocabulary = shapes.axis(tokens, 0);
        int width = shapes.axis(tokens, 1);
        ObjectNode config = new ObjectMapper().createObjectNode();
        config.putArray("architectures").add("CLIPTextModel");
        config.put("attention_dropout", 0.0);
        config.put("bos_token_id", vocabulary - 2);
        config.put("dtype", "float32"); // for transformers, whatever the file has: what diffusers loads a UNet in
        config.put("eos_token_id", vocabulary - 1);
        config.put("hidden_act", isOpenClip() ? "gelu" : "quick_gelu");
        config.put("hidden_size", width);
        config.put("initializer_factor", 1.0);
        config.put("initializer_range", 0.02);
        config.put("intermediate_size", shapes.axis(inner, 0));
        config.put("layer_norm_eps", 1e-5);
        config.put("max_position_embeddings", shapes.axis(positions, 0));
        config.put("model_type", "clip_text_model");
        config.put("num_attention_heads", told.textHeads().orElseGet(() -> heads(width, assumed)));
        config.put("num_hidden_layers", running(told));
        config.put("pad_token_id", vocabulary - 1);
        config.put("projection_dim", width);
        config.put("vocab_size", vocabulary);
        return config;
    }

    private static int heads(int width, Assumptions assumed) {
        if (width % HEAD_CHANNELS == 0 && width / HEAD_CHANNELS >= MOST_HEADS) {
            return width / HEAD_CHANNELS; // of every published CLIP
        }
        int heads = Shapes.commonDivisor(Math.max(1, MOST_HEADS / 2), List.of(width));
        assumed.add(heads + " heads in the text encoder");
        return heads;
    }
}
