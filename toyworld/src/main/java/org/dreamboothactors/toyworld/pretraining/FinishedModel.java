package org.dreamboothactors.toyworld.pretraining;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.dreamboothactors.diffusion.judging.Judge;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.dreamboothactors.diffusion.models.AutoencoderKL;
import org.dreamboothactors.diffusion.models.CLIPTextModel;
import org.dreamboothactors.diffusion.models.UNet2DConditionModel;
import org.dreamboothactors.diffusion.weights.Safetensors;

/** Writes what a workshop made as a diffusers folder in half precision, without the card. */
final class FinishedModel {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> TOKENIZER = List.of("vocab.json", "merges.txt", "tokenizer_config.json");

    private FinishedModel() {}

    static void write(Workshop workshop, Path out, Kernels kernels) {
        try {
            for (String part : List.of(AutoencoderKL.PART, CLIPTextModel.PART, UNet2DConditionModel.PART)) {
                halve(workshop.model(), part, out, kernels);
            }
            tokenizer(workshop, out);
            for (String file : TOKENIZER) {
                copy(
                        workshop.model().resolve("tokenizer").resolve(file),
                        out.resolve("tokenizer").resolve(file));
            }
            String scheduler = "scheduler_config.json";
            copy(
                    workshop.model().resolve("scheduler").resolve(scheduler),
                    out.resolve("scheduler").resolve(scheduler));
            Workshop.json(index(), out.resolve("model_index.json"));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write the model to " + out + ": " + e.getMessage(), e);
        }
    }

    /** Writes a judge in half precision, without the card. */
    static void writeJudge(Workshop workshop, Path out, Kernels kernels) {
        try {
            halve(workshop.judge(), Judge.PART, out, kernels);
            halve(workshop.judge(), CLIPTextModel.PART, out, kernels);
            tokenizer(workshop, out);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write the judge to " + out + ": " + e.getMessage(), e);
        }
    }

    private static void tokenizer(Workshop workshop, Path out) throws IOException {
        for (String file : TOKENIZER) {
            copy(
                    workshop.model().resolve("tokenizer").resolve(file),
                    out.resolve("tokenizer").resolve(file));
        }
    }

    private static void halve(Path model, String part, Path out, Kernels kernels) throws IOException {
        Path from = model.resolve(part);
        Path to = Files.createDirectories(out.resolve(part));
        String file = Workshop.weightsFile(part);
        halve(from.resolve(file), to.resolve(file), kernels);
        ObjectNode config =
                (ObjectNode) JSON.readTree(from.resolve("config.json").toFile());
        if (part.equals(CLIPTextModel.PART)) {
            config.put("dtype", "float16");
        }
        Workshop.json(config, to.resolve("config.json"));
    }

    private static void halve(Path from, Path to, Kernels kernels) {
        Safetensors whole = Safetensors.open(from);
        try (NDManager manager = kernels.manager().newSubManager()) {
            SortedMap<String, NDArray> halves = new TreeMap<>();
            for (String name : whole.names()) {
                NDArray half = whole.fp32(name, manager).toType(DataType.FLOAT16, true);
                half.attach(manager);
                halves.put(name, half);
            }
            Safetensors.write(halves, Map.of("format", "pt"), to);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to.resolveSibling(""));
        Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
    }

    /** What diffusers loads each part with. */
    private static JsonNode index() {
        ObjectNode index = JSON.createObjectNode().put("_class_name", "StableDiffusionPipeline");
        for (String absent : List.of("feature_extractor", "image_encoder", "safety_checker")) {
            index.putArray(absent).addNull().addNull();
        }
        index.put("requires_safety_checker", false);
        index.putArray("scheduler").add("diffusers").add("DDPMScheduler");
        index.putArray("text_encoder").add("transformers").add("CLIPTextModel");
        index.putArray("tokenizer").add("transformers").add("CLIPTokenizer");
        index.putArray("unet").add("diffusers").add("UNet2DConditionModel");
        index.putArray("vae").add("diffusers").add("AutoencoderKL");
        return index;
    }
}
