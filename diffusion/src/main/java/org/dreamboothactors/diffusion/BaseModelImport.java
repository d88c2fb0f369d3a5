package org.dreamboothactors.diffusion;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.dreamboothactors.diffusion.tokenizer.ClipTokenizer;
import org.dreamboothactors.diffusion.tokenizer.ClipVocabulary;
import org.dreamboothactors.diffusion.weights.DraftFolder;
import org.dreamboothactors.diffusion.weights.ldm.ModelFile;

/** Turns a model in one file ({@code .safetensors}, {@code .ckpt}, {@code .nemo}) into a diffusers folder. */
public final class BaseModelImport {
    private static final String TOKENIZER = "tokenizer";

    private BaseModelImport() {}

    /**
     * Makes {@code folder}, whole or not at all. Throws {@link IllegalArgumentException} or
     * {@link UnsupportedOperationException} for a file that is not sound or no Stable Diffusion 1.x or 2.x.
     *
     * @param folder does not exist yet; where another process makes it meanwhile, that one stays
     * @param known tokenizer folders to choose from by the size of their vocabulary, when the model's is not CLIP's and no
     *     folder {@code tokenizer} lies beside the file
     * @return what the file does not tell and was assumed, in words
     */
    public static List<String> convert(Path file, Path folder, List<Path> known) {
        try (DraftFolder draft = DraftFolder.beside(folder)) {
            Path fresh = draft.path("model");
            ModelFile model = ModelFile.open(file);
            tokenizer(file, model, fresh.resolve(TOKENIZER), known);
            List<String> assumed = model.write(fresh);
            move(fresh, folder);
            return assumed;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot convert " + file + " to " + folder + ": " + e.getMessage(), e);
        }
    }

    /** Files beside a model's that {@link #convert} reads as well. */
    public static List<Path> companions(Path file) throws IOException {
        List<Path> companions = new ArrayList<>();
        Path yaml = ModelFile.yamlBeside(file);
        if (Files.isRegularFile(yaml)) {
            companions.add(yaml);
        }
        Path tokenizer = file.resolveSibling(TOKENIZER);
        if (Files.isDirectory(tokenizer)) {
            try (Stream<Path> files = Files.list(tokenizer)) {
                files.sorted().forEach(companions::add);
            }
        }
        return companions;
    }

    private static void move(Path fresh, Path folder) throws IOException {
        try {
            Files.move(fresh, folder, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            if (!Files.isDirectory(folder)) {
                throw e;
            } // another process made it meanwhile, of the same file
        }
    }

    private static void tokenizer(Path file, ModelFile model, Path target, List<Path> others) throws IOException {
        int tokens = model.vocabulary();
        List<Path> folders = new ArrayList<>(List.of(file.resolveSibling(TOKENIZER)));
        if (tokens != ClipVocabulary.SIZE) { // that of another model with CLIP's may fill up texts in another way
            folders.addAll(others);
        }
        for (Path folder : folders) {
            if (vocabulary(folder) == tokens) {
                copy(folder, target);
                return;
            }
        }
        if (tokens != ClipVocabulary.SIZE) {
            throw new IllegalArgumentException("Cannot use " + file + ": its text encoder knows " + tokens
                    + " tokens, expected " + ClipVocabulary.SIZE + " as CLIP's. Put the model's folder " + TOKENIZER
                    + " (vocab.json, merges.txt) beside the file");
        }
        if (model.isOpenClip()) {
            ClipVocabulary.writeForOpenClip(target);
        } else {
            ClipVocabulary.write(target);
        }
    }

    private static int vocabulary(Path folder) throws IOException {
        return Files.isRegularFile(folder.resolve("vocab.json")) ? ClipTokenizer.size(folder) : -1;
    }

    private static void copy(Path folder, Path target) throws IOException {
        Files.createDirectories(target);
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, target.resolve(file.getFileName()));
            }
        }
    }
}
