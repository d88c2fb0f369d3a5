package org.dreamboothactors.diffusion.models;

/**
 * What decides the shape of CLIP's image tower, from {@code vision_config} in transformers' {@code config.json}.
 *
 * @param imageSize side of the squares it sees, in pixels
 * @param patchSize side of the squares that become one state each, in pixels
 * @param quickGelu CLIP's approximation of GELU; OpenCLIP models use the real one
 */
public record CLIPVisionConfig(
        int hiddenSize,
        int intermediateSize,
        int layers,
        int heads,
        int imageSize,
        int patchSize,
        boolean quickGelu,
        double layerNormEps) {

    /** transformers writes settings of text generation beside these, which change nothing: no other key is refused. */
    static CLIPVisionConfig read(ConfigFile config) {
        return new CLIPVisionConfig(
                config.number("hidden_size", 768),
                config.number("intermediate_size", 3072),
                config.number("num_hidden_layers", 12),
                config.number("num_attention_heads", 12),
                config.number("image_size", 224),
                config.number("patch_size", 32),
                config.choice("hidden_act", "quick_gelu", "gelu").equals("quick_gelu"),
                config.decimal("layer_norm_eps", 1e-5));
    }

    /** Patches of a picture, and the state that learns to stand for all of them. */
    int states() {
        int across = imageSize / patchSize;
        return across * across + 1;
    }
}
