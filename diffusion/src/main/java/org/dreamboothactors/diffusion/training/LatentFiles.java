package org.dreamboothactors.diffusion.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.dreamboothactors.diffusion.TrainingData;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.dreamboothactors.diffusion.training.TrainingLoop.Latent;
import org.dreamboothactors.diffusion.weights.Safetensors;
import org.dreamboothactors.diffusion.weights.pickle.LatentFile;

/**
 * The latents of a run in memory, all of one size.
 *
 * @param height of a latent
 * @param width of a latent
 */
public record LatentFiles(List<Latent> instances, List<Latent> classes, int height, int width) {
    /** Reads all files; refuses a mixture of sizes. */
    public static LatentFiles read(TrainingData data, Kernels kernels) {
        if (data.instanceLatents().isEmpty()) {
            throw new IllegalArgumentException("Cannot train: there are no latents of photos, expected at least 1");
        }
        List<Shape> shapes = new ArrayList<>();
        List<Latent> instances = read(data.instanceLatents(), shapes, kernels);
        List<Latent> classes = read(data.classLatents(), shapes, kernels);
        Shape first = shapes.getFirst();
        if (first.dimension() != 3) {
            throw new IllegalArgumentException("Cannot train: a latent has shape " + first
                    + ", expected (2 x channels, height, width). Encode the pictures anew");
        }
        for (Shape shape : shapes) {
            if (!shape.equals(first)) {
                throw new IllegalArgumentException("Cannot train: a latent has shape " + shape + ", expected " + first
                        + " as the first has. Encode all pictures at one resolution");
            }
        }
        return new LatentFiles(instances, classes, (int) first.get(1), (int) first.get(2));
    }

    private static List<Latent> read(List<Path> files, List<Shape> shapes, Kernels kernels) {
        List<Latent> latents = new ArrayList<>();
        try (NDManager manager = kernels.manager().newSubManager()) {
            for (Path file : files) {
                NDArray moments = Safetensors.open(file).fp32(LatentFile.MOMENTS, manager);
                shapes.add(moments.getShape());
                latents.add(new Latent(String.valueOf(file.getFileName()), moments.toFloatArray()));
            }
        }
        return latents;
    }
}
