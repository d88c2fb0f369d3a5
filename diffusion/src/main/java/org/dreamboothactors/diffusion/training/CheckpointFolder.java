package org.dreamboothactors.diffusion.training;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import org.dreamboothactors.diffusion.weights.PipelineFiles;

/** Writes a diffusers folder: trained parts anew, the rest of the pipeline as it lies in the base model's folder. */
public final class CheckpointFolder {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CONFIG = "config.json";
    private static final List<String> WEIGHT_ENDINGS =
            List.of(".safetensors", ".safetensors.index.json", ".bin", ".bin.index.json");

    /** Writes the weights of one part into the file it is given. */
    @FunctionalInterface
    public interface PartWriter {
        /** Writes {@code file}, which does not exist yet. */
        void write(Path file) throws IOException;
    }

    private CheckpointFolder() {}

    /**
     * Fills {@code target}, which is made when absent.
     *
     * @param trained writers by the part's folder, {@code unet} or {@code text_encoder}
     */
    public static void write(Path base, Path target, Map<String, PartWriter> trained) {
        try {
            for (Map.Entry<Path, Path> file : PipelineFiles.of(base).entrySet()) {
                if (!replaced(file.getKey(), trained)) {
                    Path copy = target.resolve(file.getKey());
                    Files.createDirectories(copy.toAbsolutePath().getParent());
                    copy(file.getValue(), copy);
                }
            }
            for (Map.Entry<String, PartWriter> part : trained.entrySet()) {
                Path file =
                        Files.createDirectories(target.resolve(part.getKey())).resolve(weightsFile(part.getKey()));
                Files.deleteIfExists(file);
                part.getValue().write(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write checkpoint " + target + ": " + e.getMessage(), e);
        }
    }

    /**
     * As it is, but for what transformers reads of its parts' precision. Where nobody asks for one, diffusers brings its parts
     * into fp32 whatever their files have, transformers its own into what the configuration says, or else their files have:
     * a text encoder in half precision does not go with such a UNet.
     */
    private static void copy(Path file, Path target) throws IOException {
        if (file.endsWith(CONFIG)
                && JSON.readTree(file.toFile()) instanceof ObjectNode config
                && config.has("model_type")) {
            config.remove("torch_dtype"); // its name before transformers 4.56
            config.put("dtype", "float32");
            JSON.writerWithDefaultPrettyPrinter().writeValue(target.toFile(), config);
        } else {
            Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** What transformers and diffusers call the one weights file of a part. */
    private static String weightsFile(String part) {
        return part.equals("text_encoder") ? "model.safetensors" : "diffusion_pytorch_model.safetensors";
    }

    private static boolean replaced(Path relative, Map<String, PartWriter> trained) {
        String name = relative.getFileName().toString();
        return trained.containsKey(relative.getName(0).toString())
                && WEIGHT_ENDINGS.stream().anyMatch(name::endsWith);
    }
}
