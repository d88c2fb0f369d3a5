package org.dreamboothactors.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;
import org.dreamboothactors.diffusion.kernels.Arithmetic;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.dreamboothactors.diffusion.kernels.Tape;
import org.dreamboothactors.diffusion.models.AutoencoderKL;
import org.dreamboothactors.diffusion.models.CLIPTextModel;
import org.dreamboothactors.diffusion.models.UNet2DConditionModel;
import org.dreamboothactors.diffusion.tokenizer.ClipTokenizer;

/**
 * Loads every part of a checkpoint and asks it once, one after the other. Trainer and base model may lie beside it in
 * memory, so the UNet is held in bf16 where the processor multiplies that.
 */
public final class CheckpointCheck {
    private static final float TIMESTEP = 500;

    private CheckpointCheck() {}

    /**
     * Throws what loading throws, or {@link IllegalArgumentException} when a part answers with numbers that are not
     * finite.
     *
     * @param threads of libtorch, those of who trains in the same process: it has one number for all
     */
    public static void load(Path folder, int threads) {
        StableDiffusion.scheduler(folder);
        try (ClipTokenizer tokenizer = StableDiffusion.tokenizer(folder);
                Kernels kernels = Kernels.open(threads);
                BaseWeights parts = BaseWeights.once(folder, kernels);
                NDManager texts = kernels.manager().newSubManager()) {
            NDArray text = encoded(parts, kernels, tokenizer.ids("a photo"), texts);
            parts.done(CLIPTextModel.PART);
            requireFinite(folder, "the UNet predicts", predicted(parts, kernels, text));
            parts.done(UNet2DConditionModel.PART);
            requireFinite(folder, "the VAE decodes to", decoded(parts, kernels));
        }
    }

    private static NDArray encoded(BaseWeights parts, Kernels kernels, long[] ids, NDManager owner) {
        try (Tape tape = Tape.forward(kernels)) {
            NDArray rows = tape.manager().create(new long[][] {ids}); // (1, N)
            NDArray text = parts.textEncoder(kernels).forward(tape, rows).array(); // (1, N, D)
            text.attach(owner);
            return text;
        }
    }

    private static float[] predicted(BaseWeights parts, Kernels kernels, NDArray text) {
        boolean bf16 = kernels.multiplyBf16();
        UNet2DConditionModel unet = parts.unet(bf16 ? Arithmetic.BF16 : Arithmetic.PLAIN, kernels);
        int side = 1 << (unet.config().channels().size() - 1); // the smallest that can be halved at every level
        try (Tape tape = Tape.forward(kernels)) {
            NDArray latents = tape.manager().ones(unet.latents(1, side, side)).mul(0.5f);
            NDArray times = tape.manager().create(new float[] {TIMESTEP});
            return unet.forward(tape, latents, times, tape.input(text)).array().toFloatArray();
        }
    }

    private static float[] decoded(BaseWeights parts, Kernels kernels) {
        AutoencoderKL vae = parts.vae(kernels);
        try (Tape tape = Tape.forward(kernels)) {
            Shape shape = new Shape(1, vae.config().latentChannels(), 1, 1);
            NDArray latents = tape.manager().ones(shape).div(2 * vae.config().scalingFactor());
            return vae.decode(tape, latents).array().toFloatArray();
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
