package org.dreamboothactors.diffusion.weights;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Finds the safetensors of one part of a diffusers folder: one file, an fp16 variant, or shards with their index. */
public final class WeightFiles {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ENDING = ".safetensors";
    private static final List<String> WHOLE = List.of(
            "diffusion_pytorch_model.safetensors",
            "model.safetensors",
            "diffusion_pytorch_model.fp16.safetensors",
            "model.fp16.safetensors");

    private WeightFiles() {}

    /**
     * All tensors of the part by name, where they lie.
     *
     * @param part folder of a diffusers model, {@code unet} for one
     */
    public static SortedMap<String, TensorSource> sources(Path part) {
        SortedMap<String, TensorSource> sources = new TreeMap<>();
        tensors(part).forEach((name, tensor) -> sources.put(name, tensor.source(name)));
        return sources;
    }

    /** All tensors of the part, by name. */
    static Map<String, StoredTensor> tensors(Path part) {
        Map<String, StoredTensor> tensors = new HashMap<>();
        for (Path file : files(part)) {
            Safetensors content = Safetensors.open(file);
            content.names().forEach(name -> tensors.put(name, content.tensor(name)));
        }
        return tensors;
    }

    /**
     * What a part's weights lie in.
     *
     * @param weights one file or all shards
     * @param byName where each belongs in a copy of the folder: the one file or the shards' index of an fp16 variant has
     *     the plain name there, which diffusers looks for when it is asked for no variant
     */
    record Chosen(List<Path> weights, SortedMap<String, Path> byName) {
        private static Chosen whole(Path file) {
            return new Chosen(List.of(file), new TreeMap<>(Map.of(plain(file), file)));
        }

        private static Chosen sharded(Path index, List<Path> shards) {
            SortedMap<String, Path> byName = new TreeMap<>();
            shards.forEach(shard -> byName.put(String.valueOf(shard.getFileName()), shard));
            byName.put(plain(index), index);
            return new Chosen(shards, byName);
        }

        private static String plain(Path file) {
            return String.valueOf(file.getFileName()).replace(".fp16", "");
        }
    }

    private static List<Path> files(Path part) {
        return chosen(part)
                .orElseThrow(() -> new IllegalArgumentException("Cannot load " + part + ": it holds " + listing(part)
                        + ", expected one of " + String.join(", ", WHOLE)
                        + ". Convert pickled weights to safetensors first"))
                .weights();
    }

    /** Empty where the folder holds no safetensors of a name that diffusers or transformers would look for. */
    static Optional<Chosen> chosen(Path part) {
        for (String name : WHOLE) {
            Path file = part.resolve(name);
            if (Files.exists(file)) {
                return Optional.of(Chosen.whole(file));
            }
            for (String table : tables(name)) {
                Path index = part.resolve(table);
                if (Files.exists(index)) {
                    return Optional.of(Chosen.sharded(index, shards(part, index)));
                }
            }
        }
        return Optional.empty();
    }

    /** Names of the shards' index. Of a variant: as diffusers and transformers write it today, and as they did before. */
    private static List<String> tables(String whole) {
        String plain = whole.replace(".fp16", "");
        return plain.equals(whole)
                ? List.of(whole + ".index.json")
                : List.of(plain + ".index.fp16.json", plain + ".fp16.index.json", whole + ".index.json");
    }

    private static List<Path> shards(Path part, Path index) {
        try {
            JsonNode map = SmallJson.read(JSON, index).path("weight_map");
            return map.valueStream()
                    .map(JsonNode::asText)
                    .distinct()
                    .sorted()
                    .map(name -> shard(part, index, name))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + index + ": " + e.getMessage(), e);
        }
    }

    private static Path shard(Path part, Path index, String name) {
        if (!name.endsWith(ENDING) || name.contains("/") || name.contains("\\") || !Files.exists(part.resolve(name))) {
            throw new IllegalArgumentException("Cannot load " + part + ": " + index + " names " + name
                    + ", expected a safetensors file beside it");
        }
        return part.resolve(name);
    }

    private static String listing(Path part) {
        if (!Files.isDirectory(part)) {
            return "nothing (no such folder)";
        }
        try (Stream<Path> files = Files.list(part)) {
            String names = files.map(file -> String.valueOf(file.getFileName()))
                    .sorted()
                    .limit(10)
                    .reduce((a, b) -> a + ", " + b)
                    .orElse("nothing");
            return names;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + part + ": " + e.getMessage(), e);
        }
    }
}
