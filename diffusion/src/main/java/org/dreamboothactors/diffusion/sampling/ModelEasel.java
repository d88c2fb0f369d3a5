package org.dreamboothactors.diffusion.sampling;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import org.dreamboothactors.diffusion.images.RgbImage;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.dreamboothactors.diffusion.kernels.PackedParameters;
import org.dreamboothactors.diffusion.kernels.Tape;
import org.dreamboothactors.diffusion.kernels.Tape.Value;
import org.dreamboothactors.diffusion.models.AutoencoderKL;
import org.dreamboothactors.diffusion.models.CLIPTextModel;
import org.dreamboothactors.diffusion.models.UNet2DConditionModel;

/** The models of Stable Diffusion as a drawing sees them. Owned by the thread of its kernels. */
public record ModelEasel(
        Kernels kernels, ToIds tokenizer, CLIPTextModel textEncoder, UNet2DConditionModel unet, AutoencoderKL vae)
        implements Easel {

    /** A text's token ids. */
    @FunctionalInterface
    public interface ToIds {
        long[] ids(String text);
    }

    /**
     * Lends these models to {@code use}: for bf16 on a CPU that has packed weights, as models over such. Those are made
     * for it and freed after it.
     */
    public void whileDrawing(Consumer<ModelEasel> use) {
        if (!unet.weights().arithmetic().bf16() || !PackedParameters.exist(kernels)) {
            use.accept(this);
            return;
        }
        try (Kernels once = kernels.beside()) {
            use.accept(new ModelEasel(once, tokenizer, textEncoder, unet.packed(once), vae.packedDecoder(once)));
        }
    }

    @Override
    public int latentChannels() {
        return vae.config().latentChannels();
    }

    @Override
    public int pixelsPerLatent() {
        return vae.config().pixelsPerLatent();
    }

    @Override
    public NoisePredictor predictor(List<String> prompts, String negativePrompt, int latentWidth, int latentHeight) {
        List<long[]> wanted = prompts.stream().map(tokenizer::ids).toList();
        return predictor(wanted, tokenizer.ids(negativePrompt), latentWidth, latentHeight);
    }

    /** The model asked with token ids, one row a picture. */
    public NoisePredictor predictor(List<long[]> wanted, long[] negative, int latentWidth, int latentHeight) {
        List<long[]> rows = new ArrayList<>(Collections.nCopies(wanted.size(), negative));
        rows.addAll(wanted);
        float[] context = encoded(rows);
        Shape contextShape =
                new Shape(rows.size(), negative.length, unet.config().crossAttentionDim());
        return (latents, timestep) ->
                predict(latents, timestep, context, contextShape, unet.latents(rows.size(), latentHeight, latentWidth));
    }

    private float[] encoded(List<long[]> rows) {
        try (Tape tape = Tape.forward(kernels)) {
            NDArray ids = tape.manager().create(rows.toArray(long[][]::new));
            return textEncoder.forward(tape, ids).array().toFloatArray(); // (2B, N, D)
        }
    }

    /** One pass for both halves of the guidance. */
    private NoisePredictor.Guided predict(
            float[] latents, float timestep, float[] context, Shape contextShape, Shape sampleShape) {
        try (Tape tape = Tape.forward(kernels)) {
            NDManager manager = tape.manager();
            float[] twice = Arrays.copyOf(latents, 2 * latents.length);
            System.arraycopy(latents, 0, twice, latents.length, latents.length);
            float[] timesteps = new float[Math.toIntExact(sampleShape.get(0))];
            Arrays.fill(timesteps, timestep);
            Value text = tape.input(manager.create(context, contextShape));
            float[] both = unet.forward(tape, manager.create(twice, sampleShape), manager.create(timesteps), text)
                    .array()
                    .toFloatArray();
            return new NoisePredictor.Guided(
                    Arrays.copyOf(both, latents.length), Arrays.copyOfRange(both, latents.length, both.length));
        }
    }

    @Override
    public RgbImage decode(float[] latent, int latentWidth, int latentHeight) {
        float[] planes = decodePlanes(latent, latentWidth, latentHeight);
        return RgbImage.fromModel(planes, latentWidth * pixelsPerLatent(), latentHeight * pixelsPerLatent());
    }

    /** The picture before it becomes bytes: about [-1, 1], all red, then all green, then all blue. */
    public float[] decodePlanes(float[] latent, int latentWidth, int latentHeight) {
        float[] unscaled = new float[latent.length];
        float scale = (float) vae.config().scalingFactor();
        for (int i = 0; i < latent.length; i++) {
            unscaled[i] = latent[i] / scale;
        }
        try (Tape tape = Tape.forward(kernels)) {
            NDArray input = tape.manager().create(unscaled, new Shape(1, latentChannels(), latentHeight, latentWidth));
            return vae.decode(tape, input).array().toFloatArray();
        }
    }
}
