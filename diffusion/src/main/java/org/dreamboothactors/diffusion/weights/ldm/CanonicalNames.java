package org.dreamboothactors.diffusion.weights.ldm;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.dreamboothactors.diffusion.models.CLIPTextModel;
import org.dreamboothactors.diffusion.weights.TensorSource;

/**
 * Brings the names of NeMo's two generations to those of the original files, and drops what is no weight.
 *
 * <p>NeMo 2.3's DreamBooth keeps {@code model.unet}, {@code model.vae} and {@code model.text_encoder}, fuses SiLU into
 * the norms (so indices are one less) and keeps an attention's norm inside it; {@code torch.compile} puts
 * {@code _orig_mod} between. An older NeMo Stable Diffusion puts {@code model.} before the original names.
 */
final class CanonicalNames {
    private static final List<Map.Entry<String, String>> ROOTS = List.of(
            Map.entry("unet.", UNetNames.ROOT),
            Map.entry("vae.", VaeNames.ROOT),
            Map.entry("text_encoder.", TextNames.ROOT));

    /** Regular expression and replacement; none changes a name of the original files. */
    private static final List<Map.Entry<Pattern, String>> UNET = List.of(
            Map.entry(Pattern.compile("\\.in_layers\\.1\\."), ".in_layers.2."),
            Map.entry(Pattern.compile("\\.out_layers\\.2\\."), ".out_layers.3."),
            Map.entry(Pattern.compile("\\.attn([12])\\.norm\\."), ".norm$1."),
            Map.entry(Pattern.compile("\\.ff\\.net\\.0\\.(weight|bias)$"), ".norm3.$1"),
            Map.entry(Pattern.compile("\\.ff\\.net\\.1\\.proj\\."), ".ff.net.0.proj."),
            Map.entry(Pattern.compile("\\.ff\\.net\\.3\\."), ".ff.net.2."),
            Map.entry(Pattern.compile("^model\\.diffusion_model\\.out\\.1\\."), UNetNames.ROOT + "out.2."));

    private static final String TRANSFORMER = TextNames.ROOT + "transformer.";

    /** Averaged copies, buffers of the schedule (names without a dot) and tables of 0, 1, 2, ... */
    private static final Pattern NO_WEIGHT = Pattern.compile("model_ema\\..*"
            + "|[^.]+"
            + "|noise_scheduler\\..*"
            + "|(first_stage_model\\.)?loss\\..*"
            + "|first_stage_model\\.model_ema\\..*"
            + "|cond_stage_model\\.(.*\\.)?(position_ids|logit_scale|attn_mask)"
            + "|cond_stage_model\\.(.*\\.)?text_projection(\\.weight)?");

    private CanonicalNames() {}

    /** Weights by their original names; each still knows its name in the file. */
    static SortedMap<String, TensorSource> of(SortedMap<String, TensorSource> stored) {
        SortedMap<String, TensorSource> renamed = new TreeMap<>();
        stored.forEach((name, tensor) -> {
            String original = original(name);
            if (!NO_WEIGHT.matcher(original).matches()) {
                TensorSource other = renamed.put(original, tensor);
                if (other != null) {
                    throw new IllegalArgumentException("Cannot read the checkpoint: both " + other.name() + " and "
                            + name + " are " + original + ", expected one of them");
                }
            }
        });
        return renamed;
    }

    static String original(String name) {
        String bare = name.replace("_orig_mod.", "");
        while (bare.startsWith("module.") || (bare.startsWith("model.") && !bare.startsWith(UNetNames.ROOT))) {
            bare = bare.substring(bare.indexOf('.') + 1);
        }
        for (Map.Entry<String, String> root : ROOTS) {
            if (bare.startsWith(root.getKey())) {
                bare = root.getValue() + bare.substring(root.getKey().length());
            }
        }
        if (bare.startsWith(UNetNames.ROOT)) {
            for (Map.Entry<Pattern, String> change : UNET) {
                bare = change.getKey().matcher(bare).replaceFirst(change.getValue());
            }
        }
        if (bare.startsWith(TRANSFORMER)) {
            bare = TRANSFORMER + CLIPTextModel.renamed(bare.substring(TRANSFORMER.length()));
        }
        return bare;
    }
}
