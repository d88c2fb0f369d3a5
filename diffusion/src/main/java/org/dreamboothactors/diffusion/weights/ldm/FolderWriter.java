package org.dreamboothactors.diffusion.weights.ldm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.dreamboothactors.diffusion.models.AutoencoderKL;
import org.dreamboothactors.diffusion.models.CLIPTextConfig;
import org.dreamboothactors.diffusion.models.CLIPTextModel;
import org.dreamboothactors.diffusion.models.UNet2DConditionModel;
import org.dreamboothactors.diffusion.models.UNetConfig;
import org.dreamboothactors.diffusion.models.VaeConfig;
import org.dreamboothactors.diffusion.weights.SafetensorsWriter;
import org.dreamboothactors.diffusion.weights.SafetensorsWriter.Entry;

/** Writes the diffusers folder of one original file: configurations first, then the weights they ask for. */
record FolderWriter(Path folder, Shapes shapes, Told told, boolean zeroTerminalSnr) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final double BETA_START = 0.00085;
    private static final double BETA_END = 0.012;
    private static final String UNET_FILE = "diffusion_pytorch_model.safetensors";

    void write(String prediction, Assumptions assumed) {
        UNetLayout unet = UNetLayout.of(shapes);
        TextLayout text = TextLayout.of(shapes);
        try {
            ObjectNode unetConfig = unet.config(told, prediction, assumed);
            config(UNet2DConditionModel.PART, unetConfig);
            config(
                    AutoencoderKL.PART,
                    VaeLayout.config(
                            shapes, told, unetConfig.path("sample_size").asInt(), assumed));
            config(CLIPTextModel.PART, text.config(told, assumed));
            UNetConfig unetRead = UNetConfig.read(folder.resolve(UNet2DConditionModel.PART));
            VaeConfig vaeRead = VaeConfig.read(folder.resolve(AutoencoderKL.PART));
            CLIPTextConfig textRead = CLIPTextConfig.read(folder.resolve(CLIPTextModel.PART));

            PartTensors tensors = new PartTensors(shapes);
            Map<String, Entry> unetTensors =
                    tensors.find(UNet2DConditionModel.shapes(unetRead), new UNetNames(unetRead));
            Map<String, Entry> vaeTensors = tensors.find(
                    AutoencoderKL.shapes(vaeRead),
                    new VaeNames(vaeRead.channels().size()));
            Map<String, Entry> textTensors = tensors.find(CLIPTextModel.shapes(textRead), text.names());
            tensors.refuseTheRest(text.unused(told));

            weights(unetTensors, UNet2DConditionModel.PART, UNET_FILE);
            weights(vaeTensors, AutoencoderKL.PART, UNET_FILE);
            weights(textTensors, CLIPTextModel.PART, "model.safetensors");
            json(scheduler(prediction), folder.resolve("scheduler").resolve("scheduler_config.json"));
            json(index(scheduler(prediction)), folder.resolve("model_index.json"));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + folder + ": " + e.getMessage(), e);
        }
    }

    private void config(String part, ObjectNode config) throws IOException {
        json(config, folder.resolve(part).resolve("config.json"));
    }

    private void weights(Map<String, Entry> tensors, String part, String file) {
        SafetensorsWriter.write(
                tensors, Map.of("format", "pt"), folder.resolve(part).resolve(file));
    }

    private JsonNode scheduler(String prediction) {
        return told.scheduler().orElseGet(() -> assumedScheduler(prediction));
    }

    private JsonNode assumedScheduler(String prediction) {
        ObjectNode config = JSON.createObjectNode();
        config.put("_class_name", "DDIMScheduler");
        config.put("beta_end", told.betaEnd().orElse(BETA_END));
        config.put("beta_schedule", "scaled_linear");
        config.put("beta_start", told.betaStart().orElse(BETA_START));
        config.put("clip_sample", false);
        config.put("num_train_timesteps", 1000);
        config.put("prediction_type", prediction);
        if (zeroTerminalSnr) {
            config.put("rescale_betas_zero_snr", true);
        }
        config.put("set_alpha_to_one", false);
        config.put("steps_offset", 1);
        config.put("timestep_spacing", "leading");
        return config;
    }

    private static ObjectNode index(JsonNode scheduler) {
        ObjectNode index = JSON.createObjectNode();
        index.put("_class_name", "StableDiffusionPipeline");
        for (String absent : new String[] {"feature_extractor", "image_encoder", "safety_checker"}) {
            index.putArray(absent).addNull().addNull();
        }
        index.put("requires_safety_checker", false);
        index.putArray("scheduler")
                .add("diffusers")
                .add(scheduler.path("_class_name").asText());
        index.putArray("text_encoder").add("transformers").add("CLIPTextModel");
        index.putArray("tokenizer").add("transformers").add("CLIPTokenizer");
        index.putArray("unet").add("diffusers").add("UNet2DConditionModel");
        index.putArray("vae").add("diffusers").add("AutoencoderKL");
        return index;
    }

    private static void json(JsonNode json, Path file) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.writeString(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n");
    }
}
