package org.dreamboothactors.diffusion.models;

import java.nio.file.Path;

/**
 * What decides a text encoder's shape, from transformers' {@code text_encoder/config.json}.
 *
 * @param quickGelu CLIP's approximation of GELU; OpenCLIP models use the real one
 * @param eosTokenId whose first place the pooled output is taken from
 */
public record CLIPTextConfig(
        int vocabSize,
        int hiddenSize,
        int intermediateSize,
        int layers,
        int heads,
        int positions,
        boolean quickGelu,
        double layerNormEps,
        int eosTokenId) {

    /** Reads {@code config.json} in a folder; refuses settings this project does not compute. */
    public static CLIPTextConfig read(Path folder) {
        ConfigFile config = ConfigFile.in(folder);
        CLIPTextConfig read = read(config);
        config.choice("model_type", "clip_text_model");
        config.ignore(
                "architectures",
                "bos_token_id",
                "dtype",
                "initializer_factor",
                "initializer_range",
                "pad_token_id",
                "projection_dim",
                "torch_dtype",
                "transformers_version");
        config.refuseTheRest();
        return read;
    }

    /** The part of a CLIP with two towers, where settings of text generation may lie beside: no other key is refused. */
    static CLIPTextConfig read(ConfigFile config) {
        return new CLIPTextConfig(
                config.number("vocab_size", 49408),
                config.number("hidden_size", 512),
                config.number("intermediate_size", 2048),
                config.layers("num_hidden_layers", 12),
                config.number("num_attention_heads", 8),
                config.number("max_position_embeddings", 77),
                config.choice("hidden_act", "quick_gelu", "gelu").equals("quick_gelu"),
                config.decimal("layer_norm_eps", 1e-5),
                config.number("eos_token_id", 49407));
    }
}
