package org.dreamboothactors.deploy.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.dreamboothactors.deploy.UsageException;
import org.dreamboothactors.diffusion.BaseModelImport;
import org.dreamboothactors.storage.Sha256;

/**
 * Base models as folders: a model in one file is converted once and found again as long as the file stays as it is.
 *
 * @param converted where converted models are kept
 * @param tokenizers to choose from for models in one file, which have none
 */
public record ModelFolders(Path converted, List<Path> tokenizers) {
    private static final int DIGITS = 16;
    /** Another one when the same file is converted to other files: folders that an older program made are left alone. */
    private static final String CONVERSION = "2";

    public ModelFolders {
        tokenizers = List.copyOf(tokenizers);
    }

    /** Those of the program in {@code home}. */
    public static ModelFolders below(Path home) {
        return new ModelFolders(
                home.resolve(".dreambooth").resolve("models"),
                List.of(home.resolve("base-model").resolve("tokenizer")));
    }

    /** The folder of a model, which is not there yet when a file was never converted. */
    public Path folder(Path model) {
        Path absolute = model.toAbsolutePath().normalize();
        if (!Files.isRegularFile(absolute)) {
            return absolute;
        }
        try {
            StringBuilder identity = new StringBuilder(identity(absolute) + "|" + CONVERSION);
            for (Path companion : BaseModelImport.companions(absolute)) {
                identity.append('|').append(identity(companion));
            }
            String digest = Sha256.of(identity.toString().getBytes(StandardCharsets.UTF_8));
            return converted.resolve(name(absolute) + "-" + digest.substring(0, DIGITS));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + absolute + ": " + e.getMessage(), e);
        }
    }

    private static String identity(Path file) throws IOException {
        return file + "|" + Files.size(file) + "|" + Files.getLastModifiedTime(file);
    }

    /** As {@link #folder}, after converting the file where that was not done yet. */
    public Path ready(Path model, Consumer<String> tell) {
        Path folder = folder(model);
        if (Files.isRegularFile(model) && !Files.isDirectory(folder)) {
            try {
                Files.createDirectories(converted);
                List<String> assumed = BaseModelImport.convert(model.toAbsolutePath(), folder, tokenizers);
                tell.accept("Converted   " + model + " to " + folder);
                if (!assumed.isEmpty()) {
                    tell.accept("Assumed     " + String.join(", ", assumed) + ": the file does not say");
                }
            } catch (IllegalArgumentException | UnsupportedOperationException e) {
                throw new UsageException(String.valueOf(e.getMessage()), e);
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot make " + converted + ": " + e.getMessage(), e);
            }
        }
        return folder;
    }

    /** What requests call a model: its folder's or file's name, without an ending of weights. */
    public static String name(Path model) {
        return String.valueOf(model.getFileName()).replaceFirst("\\.(safetensors|ckpt|nemo|pt)$", "");
    }
}
