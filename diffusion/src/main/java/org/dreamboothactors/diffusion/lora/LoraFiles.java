package org.dreamboothactors.diffusion.lora;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.dreamboothactors.diffusion.models.CLIPTextModel;
import org.dreamboothactors.diffusion.models.UNet2DConditionModel;
import org.dreamboothactors.diffusion.weights.Safetensors;
import org.dreamboothactors.diffusion.weights.Weights;

/**
 * Adapters as files of their own, in the names of diffusers (peft) and of kohya's sd-scripts, which ComfyUI and A1111
 * read. Both hold the same numbers, fp32.
 */
public final class LoraFiles {
    /** What {@code load_lora_weights} of diffusers looks for in a folder. */
    public static final String DIFFUSERS = "pytorch_lora_weights.safetensors";
    /** For ComfyUI's {@code models/loras} and A1111's {@code models/Lora}. */
    public static final String KOHYA = "kohya_lora.safetensors";

    static final String METADATA = "lora_adapter_metadata";

    private static final String TEXT_KEYS = ".attn2.to_k.weight";
    private static final long WIDTH_OF_SD2 = 1024;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Map<String, String> KOHYA_PARTS =
            Map.of(UNet2DConditionModel.PART, "lora_unet_", CLIPTextModel.PART, "lora_te_");

    private LoraFiles() {}

    /** Writes both files into {@code folder}, which is made when absent. */
    public static void write(List<Weights> parts, LoraSettings settings, Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write a LoRA to " + folder + ": " + e.getMessage(), e);
        }
        writeDiffusers(parts, settings, folder.resolve(DIFFUSERS));
        writeKohya(parts, settings, folder.resolve(KOHYA));
    }

    private static void writeDiffusers(List<Weights> parts, LoraSettings settings, Path file) {
        Map<String, NDArray> tensors = new TreeMap<>();
        Map<String, Object> config = new TreeMap<>();
        for (Weights part : parts) {
            LoraLayers.adapters(part).forEach((name, array) -> tensors.put(part.part() + "." + name, array));
            config.put(part.part() + ".r", settings.rank());
            config.put(part.part() + ".lora_alpha", settings.alpha());
            config.put(part.part() + ".target_modules", settings.targets().get(part.part()));
        }
        // Without it diffusers takes alpha for the rank.
        Safetensors.write(tensors, Map.of("format", "pt", METADATA, json(config)), file);
    }

    private static void writeKohya(List<Weights> parts, LoraSettings settings, Path file) {
        Map<String, NDArray> tensors = new TreeMap<>();
        try (NDManager scratch = NDManager.newBaseManager()) {
            for (Weights part : parts) {
                LoraLayers.adapters(part).forEach((name, array) -> {
                    boolean down = name.endsWith(LoraLayers.A);
                    String layer = name.substring(0, name.length() - LoraLayers.A.length());
                    String stem = kohya(part.part(), layer);
                    tensors.put(stem + (down ? ".lora_down.weight" : ".lora_up.weight"), array);
                    tensors.put(stem + ".alpha", scratch.create((float) settings.alpha()));
                });
            }
            Map<String, String> metadata = new TreeMap<>();
            metadata.put("format", "pt");
            metadata.put("ss_network_module", "networks.lora");
            metadata.put("ss_network_dim", Integer.toString(settings.rank()));
            metadata.put("ss_network_alpha", Double.toString(settings.alpha()));
            // A1111 hides a LoRA whose base it takes for another kind than that of the model in use.
            boolean isSd2 = parts.stream().anyMatch(LoraFiles::isOfSd2);
            metadata.put("ss_v2", isSd2 ? "True" : "False");
            metadata.put("ss_base_model_version", isSd2 ? "sd_v2" : "sd_v1");
            Safetensors.write(tensors, metadata, file);
        }
    }

    /** Stable Diffusion 2.x attends to the text of OpenCLIP-H, 1.x to that of CLIP ViT-L, 768 wide. */
    private static boolean isOfSd2(Weights part) {
        return part.byName().entrySet().stream()
                .anyMatch(weight -> weight.getKey().endsWith(TEXT_KEYS)
                        && weight.getValue().getShape().get(1) == WIDTH_OF_SD2);
    }

    /** A layer's name in kohya's files. */
    static String kohya(String part, String layer) {
        return KOHYA_PARTS.getOrDefault(part, "lora_" + part + "_") + layer.replace('.', '_');
    }

    /** All that kohya's programs call a layer: for models of two text encoders they number them. */
    static List<String> kohyaNames(String part, String layer) {
        String name = kohya(part, layer);
        return List.of(name, name.replaceFirst("^lora_te_", "lora_te1_"));
    }

    private static String json(Map<String, Object> config) {
        try {
            return JSON.writeValueAsString(config);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Numbers and names are JSON", e);
        }
    }
}
