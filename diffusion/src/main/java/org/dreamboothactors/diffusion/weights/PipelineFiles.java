package org.dreamboothactors.diffusion.weights;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The files of a diffusers folder that a pipeline loads, and what describes the model.
 *
 * <p>A folder that was fetched as a repository holds much beside them: version control, the same weights as pickles, in
 * half precision and in one file, other frameworks' weights. None of it belongs into a checkpoint or decides what is drawn.
 */
public final class PipelineFiles {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String INDEX = "model_index.json";
    private static final List<String> DESCRIPTIONS = List.of(".md", ".txt");
    private static final List<String> WEIGHTS =
            List.of(".safetensors", ".bin", ".ckpt", ".pt", ".pth", ".msgpack", ".h5", ".onnx", ".onnx_data", ".pb");

    private PipelineFiles() {}

    /**
     * Where each file belongs in a copy of {@code folder}, with the file. The weights of a variant get the names of those
     * of none, see {@link WeightFiles}.
     */
    public static SortedMap<Path, Path> of(Path folder) {
        SortedMap<Path, Path> files = new TreeMap<>();
        try {
            for (Path file : below(folder, 1)) {
                if (describes(name(file))) {
                    files.put(folder.relativize(file), file);
                }
            }
            for (Path component : components(folder)) {
                addAll(folder, component, files);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read model " + folder + ": " + e.getMessage(), e);
        }
        return files;
    }

    private static void addAll(Path folder, Path component, SortedMap<Path, Path> files) throws IOException {
        Predicate<Path> weights = file -> WEIGHTS.stream().anyMatch(name(file)::endsWith);
        Predicate<Path> tables =
                file -> name(file).contains(".index.") && name(file).endsWith(".json");
        List<Path> all = below(component, Integer.MAX_VALUE);
        all.stream().filter(weights.or(tables).negate()).forEach(file -> files.put(folder.relativize(file), file));
        WeightFiles.chosen(component)
                .ifPresentOrElse(
                        chosen -> chosen.byName()
                                .forEach((name, file) ->
                                        files.put(folder.relativize(component).resolve(name), file)),
                        () -> all.stream() // what we do not load ourselves may be in other formats
                                .filter(weights.or(tables))
                                .forEach(file -> files.put(folder.relativize(file), file)));
    }

    /** Regular files, or links to such, whose paths have no hidden part. */
    private static List<Path> below(Path folder, int depth) throws IOException {
        try (Stream<Path> files = Files.walk(folder, depth, FileVisitOption.FOLLOW_LINKS)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> !isHidden(folder.relativize(file)))
                    .sorted()
                    .toList();
        }
    }

    private static boolean isHidden(Path relative) {
        for (Path part : relative) {
            if (part.toString().startsWith(".")) {
                return true;
            }
        }
        return false;
    }

    /** Folders of what the index names; of a model without one all that are not hidden. */
    private static List<Path> components(Path folder) throws IOException {
        Path index = folder.resolve(INDEX);
        JsonNode named = Files.exists(index) ? SmallJson.read(JSON, index) : JSON.createObjectNode();
        try (Stream<Path> folders = Files.list(folder)) {
            return folders.filter(Files::isDirectory)
                    .filter(path -> !isHidden(folder.relativize(path)))
                    .filter(path ->
                            named.isEmpty() || named.path(name(path)).path(0).isTextual())
                    .sorted()
                    .toList();
        }
    }

    private static boolean describes(String name) {
        return name.equals(INDEX)
                || name.startsWith("LICENSE")
                || DESCRIPTIONS.stream().anyMatch(name::endsWith);
    }

    private static String name(Path path) {
        return String.valueOf(path.getFileName());
    }
}
