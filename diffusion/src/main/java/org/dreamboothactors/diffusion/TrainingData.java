package org.dreamboothactors.diffusion;

import java.nio.file.Path;
import java.util.List;

/**
 * Latent files of a run: safetensors with one tensor {@code moments} each. The order matters to the result.
 *
 * @param instanceLatents of the subject's photos
 * @param classLatents of the class pictures; empty without prior preservation
 */
public record TrainingData(List<Path> instanceLatents, List<Path> classLatents) {
    public TrainingData {
        instanceLatents = List.copyOf(instanceLatents);
        classLatents = List.copyOf(classLatents);
    }
}
