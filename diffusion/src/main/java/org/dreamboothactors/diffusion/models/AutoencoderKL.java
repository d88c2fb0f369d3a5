package org.dreamboothactors.diffusion.models;

import ai.djl.ndarray.NDArray;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.dreamboothactors.diffusion.kernels.Block;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.dreamboothactors.diffusion.kernels.Tape;
import org.dreamboothactors.diffusion.kernels.Tape.Value;
import org.dreamboothactors.diffusion.weights.ExpectedShapes;
import org.dreamboothactors.diffusion.weights.StoredWeights;
import org.dreamboothactors.diffusion.weights.Weights;

/**
 * Pictures to latents and back: {@code AutoencoderKL} of diffusers.
 *
 * <p>Lives as long as its kernels and its weights, on their thread.
 */
public final class AutoencoderKL {
    /** Folder in a diffusers model. */
    public static final String PART = "vae";

    private static final List<String> DECODING = List.of("post_quant_conv.", "decoder.");

    /** Names of the attention's layers in files of 2022. */
    private static final Map<String, String> OLD_NAMES = Map.of(
            ".query.", ".to_q.",
            ".key.", ".to_k.",
            ".value.", ".to_v.",
            ".proj_attn.", ".to_out.0.");

    private final VaeConfig config;
    private final Weights weights;
    private final List<Block> encoder;
    private final List<Block> decoder;

    private AutoencoderKL(VaeConfig config, Weights weights, Kernels kernels) {
        this.config = config;
        this.weights = weights;
        NDArray groups = kernels.number(config.normGroups());
        encoder = new ArrayList<>(List.of(in(weights, "encoder.")));
        for (int i = 0; i < config.channels().size(); i++) {
            String prefix = "encoder.down_blocks." + i + ".";
            resnets(encoder, weights, prefix, config.layersPerBlock(), groups);
            if (i < config.channels().size() - 1) {
                encoder.add(weights.block("vae_downsample", prefix + "downsamplers.0."));
            }
        }
        middle(encoder, weights, "encoder.", groups);
        encoder.add(out(weights, "encoder.", groups));
        if (config.quantConv()) {
            encoder.add(weights.layers("quant_conv", "", List.of("quant_conv.")));
        }
        decoder = new ArrayList<>();
        if (config.postQuantConv()) {
            decoder.add(weights.layers("post_quant_conv", "", List.of("post_quant_conv.")));
        }
        decoder.add(in(weights, "decoder."));
        middle(decoder, weights, "decoder.", groups);
        for (int i = 0; i < config.channels().size(); i++) {
            String prefix = "decoder.up_blocks." + i + ".";
            resnets(decoder, weights, prefix, config.layersPerBlock() + 1, groups);
            if (i < config.channels().size() - 1) {
                decoder.add(weights.block("vae_upsample", prefix + "upsamplers.0."));
            }
        }
        decoder.add(out(weights, "decoder.", groups));
    }

    /** Loads a folder with {@code config.json} and safetensors. */
    public static AutoencoderKL load(Path folder, Kernels kernels) {
        return over(folder, stored(folder).load(kernels), kernels);
    }

    /** The model of a folder's {@code config.json} over weights that are in memory. */
    public static AutoencoderKL over(Path folder, Weights weights, Kernels kernels) {
        return new AutoencoderKL(VaeConfig.read(folder), weights, kernels);
    }

    /** The same model in bf16 for decoding alone; its weights belong to {@code kernels}, beside these. */
    public AutoencoderKL packedDecoder(Kernels kernels) {
        SortedMap<String, NDArray> decoding = new TreeMap<>(weights.byName());
        decoding.keySet().removeIf(name -> DECODING.stream().noneMatch(name::startsWith));
        return new AutoencoderKL(config, new Weights(PART, decoding).packed(kernels), kernels);
    }

    /** What a folder holds. */
    public static StoredWeights stored(Path folder) {
        return StoredWeights.of(folder, PART, shapes(VaeConfig.read(folder)), AutoencoderKL::renamed);
    }

    /** A parameter's name here, for one of a file of any year. */
    public static String renamed(String name) {
        String renamed = name;
        if (name.contains(".attentions.")) {
            for (Map.Entry<String, String> old : OLD_NAMES.entrySet()) {
                renamed = renamed.replace(old.getKey(), old.getValue());
            }
        }
        return renamed;
    }

    private static Block in(Weights weights, String side) {
        return weights.layers("conv_in", side, List.of("conv_in."));
    }

    private static Block out(Weights weights, String side, NDArray groups) {
        return weights.layers("vae_conv_out", side, List.of("conv_norm_out.", "conv_out."), groups);
    }

    private static void resnets(List<Block> chain, Weights weights, String prefix, int count, NDArray groups) {
        for (int j = 0; j < count; j++) {
            chain.add(weights.block("vae_resnet", prefix + "resnets." + j + ".", groups));
        }
    }

    private void middle(List<Block> chain, Weights weights, String side, NDArray groups) {
        chain.add(weights.block("vae_resnet", side + "mid_block.resnets.0.", groups));
        if (config.midBlockAttention()) {
            chain.add(weights.block("vae_attention", side + "mid_block.attentions.0.", groups));
        }
        chain.add(weights.block("vae_resnet", side + "mid_block.resnets.1.", groups));
    }

    public VaeConfig config() {
        return config;
    }

    public Weights weights() {
        return weights;
    }

    /**
     * Means and log-variances of a picture's latents.
     *
     * @param image (B, 3, H, W) in [-1, 1]; H and W are multiples of {@link VaeConfig#pixelsPerLatent}
     * @return (B, 2 C, H/f, W/f), means first
     */
    public Value encode(Tape tape, NDArray image) {
        return chain(tape, encoder, tape.input(image));
    }

    /**
     * The picture of latents as they are, not divided by the scaling factor.
     *
     * @param latents (B, C, H/f, W/f)
     * @return (B, 3, H, W), about [-1, 1], not clamped
     */
    public Value decode(Tape tape, NDArray latents) {
        return decode(tape, tape.input(latents));
    }

    /** The same for latents that a block of the tape gave. */
    public Value decode(Tape tape, Value latents) {
        return chain(tape, decoder, latents);
    }

    private static Value chain(Tape tape, List<Block> blocks, Value input) {
        Value x = input;
        for (Block block : blocks) {
            x = tape.then(block, x);
        }
        return x;
    }

    /** Every parameter of a model of this configuration. */
    public static ExpectedShapes shapes(VaeConfig config) {
        return VaeShapes.of(config);
    }
}
