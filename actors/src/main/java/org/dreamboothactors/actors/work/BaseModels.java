package org.dreamboothactors.actors.work;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.dreamboothactors.diffusion.weights.PipelineFiles;
import org.dreamboothactors.storage.Sha256;

/** The base models this node has, by the names that requests use. Safe from any thread. */
public final class BaseModels {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<String, Path> folders;
    private final Map<String, Path> judges;
    private final Map<String, BaseModel> known = new ConcurrentHashMap<>();
    private final Map<String, JudgeModel> knownJudges = new ConcurrentHashMap<>();

    public BaseModels(Map<String, Path> folders) {
        this(folders, Map.of());
    }

    /** @param judges folders of those that judge what is trained from a base model, by its name */
    public BaseModels(Map<String, Path> folders, Map<String, Path> judges) {
        this.folders = new TreeMap<>(folders);
        this.judges = Map.copyOf(judges);
    }

    /**
     * One base model.
     *
     * @param folder in diffusers layout
     * @param digest SHA-256 over names and contents of its weights and configurations
     * @param defaultSize side of its pictures in pixels
     */
    public record BaseModel(String name, Path folder, String digest, int defaultSize) {}

    /**
     * What judges models that are trained from a base model.
     *
     * @param folder of a judge that {@code pretrain} made, or of a CLIP
     * @param digest SHA-256 over names and contents of its weights and configurations
     */
    public record JudgeModel(Path folder, String digest) {}

    /** What this node has of the model that a request means. */
    public sealed interface Lookup {}

    public record Found(BaseModel model) implements Lookup {}

    /** Another node may have it, as while a model is being added to all of them. */
    public record Absent(String reason) implements Lookup {}

    /** It is not what it was when the run was accepted. */
    public record Changed(String reason) implements Lookup {}

    /** Looks for a model of this name and digest. */
    public Lookup find(String name, String digest) {
        if (!contains(name)) {
            return new Absent("this node does not have base model " + name);
        }
        BaseModel model = model(name);
        return model.digest().equals(digest)
                ? new Found(model)
                : new Changed("base model " + name + " has digest " + model.digest() + ", expected " + digest
                        + ". The model was changed while the run was under way");
    }

    public boolean contains(String name) {
        return folders.containsKey(name);
    }

    /** The judge of what is trained from this base model. The first question takes as long as reading its files. */
    public Optional<JudgeModel> judge(String name) {
        return Optional.ofNullable(judges.get(name))
                .map(folder -> knownJudges.computeIfAbsent(
                        name, _ -> new JudgeModel(folder, digest(filesOfJudge(folder), BaseModels::holdsModel))));
    }

    /** The model of that name. The first question takes as long as reading its files; later ones nothing. */
    public BaseModel model(String name) {
        Path folder = folders.getOrDefault(name, Path.of(""));
        if (folder.toString().isEmpty()) {
            throw new IllegalArgumentException(
                    "Cannot use base model " + name + ": this node does not have it, expected one of "
                            + String.join(", ", folders.keySet()) + ". Name one of these or add it to the settings");
        }
        return known.computeIfAbsent(
                name,
                _ -> new BaseModel(
                        name, folder, digest(PipelineFiles.of(folder), BaseModels::decides), defaultSize(folder)));
    }

    /** A judge's folder may be any repository of a CLIP. */
    private static SortedMap<Path, Path> filesOfJudge(Path folder) {
        try (Stream<Path> files = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
            SortedMap<Path, Path> byName = new TreeMap<>();
            files.filter(Files::isRegularFile).forEach(file -> byName.put(folder.relativize(file), file));
            return byName;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read model " + folder + ": " + e.getMessage(), e);
        }
    }

    private static String digest(SortedMap<Path, Path> files, Predicate<Path> counts) {
        MessageDigest digest = Sha256.digest();
        files.forEach((name, file) -> {
            if (counts.test(name)) {
                digest.update((name + "\n" + Sha256.of(file) + "\n").getBytes(StandardCharsets.UTF_8));
            }
        });
        return Sha256.hex(digest.digest());
    }

    /** Cards and licences do not change what a model draws; beside its folders a pipeline has no weights that are read. */
    private static boolean decides(Path file) {
        return file.getNameCount() == 1 ? String.valueOf(file.getFileName()).endsWith(".json") : holdsModel(file);
    }

    private static boolean holdsModel(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.endsWith(".safetensors") || name.endsWith(".json") || name.endsWith(".txt");
    }

    private static int defaultSize(Path folder) {
        try {
            JsonNode unet =
                    JSON.readTree(folder.resolve("unet").resolve("config.json").toFile());
            JsonNode vae =
                    JSON.readTree(folder.resolve("vae").resolve("config.json").toFile());
            int halvings = vae.path("block_out_channels").size() - 1;
            JsonNode size = unet.path("sample_size"); // one number, or height and width
            return (size.isArray() ? size.path(0).asInt() : size.asInt()) << halvings;
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "Cannot read base model " + folder + ": " + e.getMessage() + ". It must be a diffusers folder", e);
        }
    }
}
