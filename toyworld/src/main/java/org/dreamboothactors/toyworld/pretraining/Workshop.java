package org.dreamboothactors.toyworld.pretraining;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.dreamboothactors.diffusion.judging.Judge;
import org.dreamboothactors.diffusion.judging.JudgeConfig;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.dreamboothactors.diffusion.models.AutoencoderKL;
import org.dreamboothactors.diffusion.models.CLIPTextConfig;
import org.dreamboothactors.diffusion.models.CLIPTextModel;
import org.dreamboothactors.diffusion.models.UNet2DConditionModel;
import org.dreamboothactors.diffusion.models.UNetConfig;
import org.dreamboothactors.diffusion.models.VaeConfig;
import org.dreamboothactors.diffusion.schedulers.SchedulerSettings;
import org.dreamboothactors.diffusion.weights.ExpectedShapes;
import org.dreamboothactors.diffusion.weights.FreshWeights;
import org.dreamboothactors.diffusion.weights.Safetensors;

/**
 * The folder a pretraining works in: pools, states, sheets, and the models as they grow.
 *
 * @param folder where all of it lies
 */
record Workshop(Path folder) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final float LOG_VARIANCE = -6;

    /** Makes the folder, or goes on with the one that was begun with the same recipe. */
    static Workshop open(Path folder, Recipe recipe) {
        try {
            Files.createDirectories(folder.resolve("model"));
            Files.createDirectories(folder.resolve("sheets"));
            Path begun = folder.resolve("recipe.yaml");
            if (Files.exists(begun) && !Recipe.read(begun).equals(recipe)) {
                throw new IllegalArgumentException(
                        "Cannot go on in " + folder
                                + ": it was begun with another recipe, see recipe.yaml there. Give the same one or a new folder");
            }
            recipe.write(begun);
            return new Workshop(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot work in " + folder + ": " + e.getMessage(), e);
        }
    }

    /** The base model as it grows, in fp32. */
    Path model() {
        return folder.resolve("model");
    }

    /** The judge as it grows, in fp32. */
    Path judge() {
        return folder.resolve("judge");
    }

    Path file(String name) {
        return folder.resolve(name);
    }

    /** Writes a part's configuration and, where it has none yet, fresh weights; returns its folder. */
    static Path fresh(Path model, String part, JsonNode config, long seed, Kernels kernels) {
        Path target = model.resolve(part);
        Path weights = target.resolve(weightsFile(part));
        json(config, target.resolve("config.json"));
        if (!Files.exists(weights)) {
            try (NDManager manager = kernels.manager().newSubManager()) {
                SortedMap<String, NDArray> fresh = FreshWeights.of(shapes(part, target), seed, zero(part), manager);
                fresh.computeIfPresent("quant_conv.bias", (name, bias) -> littleNoise(bias, manager));
                Safetensors.write(fresh, Map.of("format", "pt"), weights);
            }
        }
        return target;
    }

    /** Copies a part of one model to another, over what is there; returns its folder. */
    static Path copy(Path from, Path to, String part) {
        Path target = to.resolve(part);
        try {
            Files.createDirectories(target);
            for (String file : List.of("config.json", weightsFile(part))) {
                Files.copy(from.resolve(part).resolve(file), target.resolve(file), StandardCopyOption.REPLACE_EXISTING);
            }
            return target;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot copy " + part + " to " + to + ": " + e.getMessage(), e);
        }
    }

    /** Writes the scheduler's configuration. */
    SchedulerSettings scheduler(JsonNode config) {
        Path file = model().resolve("scheduler").resolve("scheduler_config.json");
        json(config, file);
        return SchedulerSettings.read(file);
    }

    /** Writes a configuration; its folder is made when absent. */
    static void json(JsonNode config, Path file) {
        try {
            Files.createDirectories(file.resolveSibling(""));
            Files.writeString(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(config) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + file + ": " + e.getMessage(), e);
        }
    }

    /** Writes the weights of one part of a model, of all weights by part and name. */
    static void write(Path model, String part, SortedMap<String, NDArray> all) {
        SortedMap<String, NDArray> weights = new TreeMap<>();
        all.forEach((name, array) -> {
            if (name.startsWith(part + ".")) {
                weights.put(name.substring(part.length() + 1), array);
            }
        });
        Safetensors.write(weights, Map.of("format", "pt"), model.resolve(part).resolve(weightsFile(part)));
    }

    /** Says that a phase is over. */
    static void mark(Path finished) {
        try {
            Files.writeString(finished, "");
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + finished + ": " + e.getMessage(), e);
        }
    }

    /** What transformers and diffusers call a part's weights. */
    static String weightsFile(String part) {
        return part.equals(CLIPTextModel.PART) ? "model.safetensors" : "diffusion_pytorch_model.safetensors";
    }

    private static ExpectedShapes shapes(String part, Path folder) {
        return switch (part) {
            case UNet2DConditionModel.PART -> UNet2DConditionModel.shapes(UNetConfig.read(folder));
            case AutoencoderKL.PART -> AutoencoderKL.shapes(VaeConfig.read(folder));
            case Judge.PART -> Judge.shapes(JudgeConfig.read(folder));
            case CLIPTextModel.PART -> CLIPTextModel.shapes(CLIPTextConfig.read(folder));
            default -> throw new IllegalArgumentException("Cannot make a model of " + part);
        };
    }

    /** Log-variances begin low: where latents begin as noisy as unit noise, most channels never come to say anything. */
    private static NDArray littleNoise(NDArray bias, NDManager manager) {
        float[] values = bias.toFloatArray();
        Arrays.fill(values, values.length / 2, values.length, LOG_VARIANCE);
        return manager.create(values, bias.getShape());
    }

    /** Residual branches begin by adding nothing, and the UNet by saying nothing. */
    private static Predicate<String> zero(String part) {
        return switch (part) {
            case UNet2DConditionModel.PART ->
                name -> name.endsWith("conv2.weight")
                        || name.endsWith("proj_out.weight")
                        || name.equals("conv_out.weight");
            case AutoencoderKL.PART, Judge.PART -> name -> name.endsWith("conv2.weight");
            default -> name -> false;
        };
    }
}
