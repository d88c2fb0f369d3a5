package org.dreamboothactors.diffusion;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.nio.file.Path;
import java.util.List;

/**
 * Pictures of a run. The order matters to the result.
 *
 * @param instances of the subject
 * @param classes of others of its class; empty without prior preservation
 */
public record TrainingData(List<Picture> instances, List<Picture> classes) {

    /** A file that a step trains on, which errors call by its name. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME, property = "kind")
    @JsonSubTypes({@JsonSubTypes.Type(Latent.class), @JsonSubTypes.Type(Photo.class)})
    public sealed interface Picture {
        Path file();
    }

    /** Encoded before: safetensors with one tensor {@code moments}. */
    public record Latent(Path file) implements Picture {}

    /**
     * A clean PNG that is cropped at random and encoded anew in each step (online encoding).
     *
     * @param resolution pixels, side of the square
     */
    public record Photo(Path file, int resolution) implements Picture {}

    public TrainingData {
        instances = List.copyOf(instances);
        classes = List.copyOf(classes);
    }

    /** Of pictures that were all encoded before. */
    public static TrainingData ofLatents(List<Path> instances, List<Path> classes) {
        return new TrainingData(latents(instances), latents(classes));
    }

    private static List<Picture> latents(List<Path> files) {
        return files.stream().<Picture>map(Latent::new).toList();
    }

    /** Whether some are encoded while the run trains. */
    public boolean encodesOnline() {
        return instances.stream().anyMatch(Photo.class::isInstance)
                || classes.stream().anyMatch(Photo.class::isInstance);
    }
}
