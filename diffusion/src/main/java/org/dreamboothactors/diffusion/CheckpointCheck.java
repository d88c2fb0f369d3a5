package org.dreamboothactors.diffusion;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.dreamboothactors.diffusion.models.AutoencoderKL;
import org.dreamboothactors.diffusion.models.CLIPTextModel;
import org.dreamboothactors.diffusion.models.UNet2DConditionModel;
import org.dreamboothactors.diffusion.sampling.ModelEasel;
import org.dreamboothactors.diffusion.sampling.NoisePredictor;
import org.dreamboothactors.diffusion.tokenizer.ClipTokenizer;

/** Loads a checkpoint as a user would and asks every part of it once. */
public final class CheckpointCheck {
    private static final int TIMESTEP = 500;

    private CheckpointCheck() {}

    /**
     * Throws what loading throws, or {@link IllegalArgumentException} when a part answers with numbers that are not
     * finite.
     *
     * @param threads of libtorch, those of who trains in the same process: it has one number for all
     */
    public static void load(Path folder, int threads) {
        StableDiffusion.scheduler(folder);
        try (Kernels kernels = Kernels.open(threads);
                ClipTokenizer tokenizer = ClipTokenizer.open(folder.resolve("tokenizer"))) {
            UNet2DConditionModel unet = UNet2DConditionModel.load(folder.resolve(UNet2DConditionModel.PART), kernels);
            ModelEasel easel = new ModelEasel(
                    kernels,
                    tokenizer::ids,
                    CLIPTextModel.load(folder.resolve(CLIPTextModel.PART), kernels),
                    unet,
                    AutoencoderKL.load(folder.resolve(AutoencoderKL.PART), kernels));
            int side = 1 << (unet.config().channels().size() - 1); // the smallest that can be halved at every level
            float[] latents = new float[easel.latentChannels() * side * side];
            Arrays.fill(latents, 0.5f);
            NoisePredictor model = easel.predictor(List.of("a photo"), "", side, side);
            requireFinite(
                    folder,
                    "the UNet predicts",
                    model.predict(latents, TIMESTEP).wanted());
            requireFinite(folder, "the VAE decodes to", easel.decodePlanes(latents, side, side));
        }
    }

    private static void requireFinite(Path folder, String what, float[] numbers) {
        for (float number : numbers) {
            if (!Float.isFinite(number)) {
                throw new IllegalArgumentException(
                        "Cannot use checkpoint " + folder + ": " + what + " " + number + ", expected finite numbers");
            }
        }
    }
}
