package org.dreamboothactors.diffusion.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.dreamboothactors.diffusion.PictureEncoder;
import org.dreamboothactors.diffusion.TrainingData;
import org.dreamboothactors.diffusion.images.RgbImage;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.dreamboothactors.diffusion.kernels.Tape;
import org.dreamboothactors.diffusion.schedulers.Draws;
import org.dreamboothactors.diffusion.weights.Safetensors;
import org.dreamboothactors.diffusion.weights.pickle.LatentFile;

/**
 * The pictures of a run in memory, whose latents are all of one size. They belong to the kernels that they were read with.
 *
 * @param height of a latent
 * @param width of a latent
 */
public record Samples(List<Sample> instances, List<Sample> classes, int height, int width) {

    /**
     * Reads all files; refuses a mixture of sizes.
     *
     * @param draws of the run's seed, for the crops of photos
     * @param encoder present where there are photos
     */
    public static Samples read(TrainingData data, Kernels kernels, Draws draws, Optional<PictureEncoder> encoder) {
        if (data.instances().isEmpty()) {
            throw new IllegalArgumentException(
                    "Cannot train: there are no pictures of the subject, expected at least 1");
        }
        Reading reading = new Reading(kernels, draws, encoder, new ArrayList<>());
        List<Sample> instances = reading.all(data.instances());
        List<Sample> classes = reading.all(data.classes());
        Shape first = reading.shapes.getFirst();
        if (first.dimension() != 3) {
            throw new IllegalArgumentException("Cannot train: a latent has shape " + first
                    + ", expected (2 x channels, height, width). Encode the pictures anew");
        }
        for (Shape shape : reading.shapes) {
            if (!shape.equals(first)) {
                throw new IllegalArgumentException("Cannot train: a latent has shape " + shape + ", expected " + first
                        + " as the first has. Encode all pictures at one resolution");
            }
        }
        return new Samples(instances, classes, (int) first.get(1), (int) first.get(2));
    }

    /** @param shapes of the moments of what was read */
    private record Reading(Kernels kernels, Draws draws, Optional<PictureEncoder> encoder, List<Shape> shapes) {

        List<Sample> all(List<TrainingData.Picture> pictures) {
            return pictures.stream().map(this::one).toList();
        }

        private Sample one(TrainingData.Picture picture) {
            String id = String.valueOf(picture.file().getFileName());
            return switch (picture) {
                case TrainingData.Latent(var file) -> {
                    NDArray moments = Safetensors.open(file).fp32(LatentFile.MOMENTS, kernels.host());
                    shapes.add(moments.getShape());
                    yield new Sample.Latent(id, moments::toFloatArray);
                }
                case TrainingData.Photo(var file, int resolution) -> {
                    PictureEncoder vae = encoder.orElseThrow();
                    shapes.add(vae.shape(resolution));
                    yield new Sample.Photo(
                            id, new ScaledPhoto(file, resolution), draws, square -> encoded(square, vae));
                }
            };
        }

        private static float[] encoded(RgbImage square, PictureEncoder encoder) {
            try (Tape tape = Tape.forward(encoder.kernels())) {
                return encoder.moments(square, tape).toFloatArray();
            }
        }
    }
}
