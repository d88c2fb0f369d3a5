package org.dreamboothactors.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.dreamboothactors.diffusion.models.AutoencoderKL;
import org.dreamboothactors.diffusion.models.CLIPTextConfig;
import org.dreamboothactors.diffusion.models.CLIPTextModel;
import org.dreamboothactors.diffusion.models.UNet2DConditionModel;
import org.dreamboothactors.diffusion.models.UNetConfig;
import org.dreamboothactors.diffusion.models.VaeConfig;
import org.dreamboothactors.diffusion.weights.ExpectedShapes;
import org.dreamboothactors.diffusion.weights.Safetensors;

/**
 * Writes diffusers folders of known shapes with random weights: for tests, memory and time, not for pictures. The same
 * weights each time on one kind of processor, so that a test that failed meets the model it failed with. Seeds libtorch's
 * generator for that, the one of all the process.
 */
public final class RandomModel {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CONFIG = "config.json";
    /** Keeps the signal of deep models in range. */
    private static final double GAIN = 0.5;

    private static final int SEED = 42;

    /** What the folder looks like. */
    public enum Size {
        /** Stable Diffusion 1.5: 859.5 million parameters in the UNet. */
        SD15,
        /** Stable Diffusion 2.1: 865.9 million parameters in the UNet, OpenCLIP's text encoder, v-prediction, 768 x 768. */
        SD21,
        /** A few thousand parameters; pictures of 64 x 64. */
        TINY
    }

    private RandomModel() {}

    /**
     * Writes a folder, half precision.
     *
     * @param tokenizer folder with CLIP's {@code vocab.json} and {@code merges.txt}, copied
     */
    public static void write(Path folder, Size size, Path tokenizer) {
        JsonNode configs = resource(size.name().toLowerCase(Locale.ROOT) + ".json");
        try (Kernels kernels = Kernels.open(Runtime.getRuntime().availableProcessors())) {
            kernels.manager().getEngine().setRandomSeed(SEED);
            for (String part : List.of(UNet2DConditionModel.PART, AutoencoderKL.PART, CLIPTextModel.PART)) {
                Path target = Files.createDirectories(folder.resolve(part));
                writeJson(configs.path(part), target.resolve(CONFIG));
                String file = part.equals(CLIPTextModel.PART) ? "model" : "diffusion_pytorch_model";
                try (NDManager manager = kernels.manager().newSubManager()) {
                    Safetensors.write(
                            weights(shapes(part, target), manager),
                            Map.of("format", "pt"),
                            target.resolve(file + ".safetensors"));
                }
            }
            Path scheduler = Files.createDirectories(folder.resolve("scheduler"));
            ObjectNode schedule = resource("scheduler_config.json").deepCopy();
            configs.path("scheduler").properties().forEach(own -> schedule.set(own.getKey(), own.getValue()));
            writeJson(schedule, scheduler.resolve("scheduler_config.json"));
            copy(tokenizer, Files.createDirectories(folder.resolve("tokenizer")));
            writeJson(resource("model_index.json"), folder.resolve("model_index.json"));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write a model to " + folder + ": " + e.getMessage(), e);
        }
    }

    private static ExpectedShapes shapes(String part, Path folder) {
        return switch (part) {
            case UNet2DConditionModel.PART -> UNet2DConditionModel.shapes(UNetConfig.read(folder));
            case AutoencoderKL.PART -> AutoencoderKL.shapes(VaeConfig.read(folder));
            default -> CLIPTextModel.shapes(CLIPTextConfig.read(folder));
        };
    }

    /** Norms pass on, biases are zero, the rest is scaled by what flows in. */
    private static Map<String, NDArray> weights(ExpectedShapes shapes, NDManager manager) {
        Map<String, NDArray> weights = new TreeMap<>();
        shapes.byName().forEach((name, shape) -> {
            if (shape.dimension() == 1) {
                weights.put(name, name.endsWith(".bias") ? half(manager.zeros(shape)) : half(manager.ones(shape)));
            } else {
                double deviation = GAIN / Math.sqrt((double) shape.size() / shape.get(0));
                weights.put(name, half(manager.randomNormal(0, (float) deviation, shape, DataType.FLOAT32)));
            }
        });
        return weights;
    }

    private static NDArray half(NDArray array) {
        NDManager manager = array.getManager();
        try (array) {
            NDArray half = array.toType(DataType.FLOAT16, true);
            half.attach(manager);
            return half;
        }
    }

    private static JsonNode resource(String name) {
        try (InputStream in = Objects.requireNonNull(RandomModel.class.getResourceAsStream("random/" + name))) {
            return JSON.readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // it lies in our own jar
        }
    }

    private static void writeJson(JsonNode json, Path file) throws IOException {
        Files.writeString(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n");
    }

    private static void copy(Path tokenizer, Path target) throws IOException {
        for (String name : List.of("vocab.json", "merges.txt", "tokenizer_config.json")) {
            Files.copy(tokenizer.resolve(name), target.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
