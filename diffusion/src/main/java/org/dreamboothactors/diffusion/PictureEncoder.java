package org.dreamboothactors.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import org.dreamboothactors.diffusion.images.RgbImage;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.dreamboothactors.diffusion.kernels.Tape;
import org.dreamboothactors.diffusion.models.AutoencoderKL;

/** Pictures to the moments of their latents, by the encoder of a VAE; on the thread of its kernels. */
public record PictureEncoder(Kernels kernels, AutoencoderKL vae) {

    /**
     * Means, then log-variances: (2 C, H/f, W/f), which belong to {@code tape}. Throws {@link IllegalArgumentException} for
     * a picture whose sides are no multiples of f.
     */
    public NDArray moments(RgbImage image, Tape tape) {
        check(image.width(), image.height());
        NDArray pixels =
                tape.manager().create(image.toModel(), new Shape(1, RgbImage.CHANNELS, image.height(), image.width()));
        return vae.encode(tape, pixels).array().squeeze(0);
    }

    /** Shape of the moments of a square picture of {@code resolution} pixels; refuses the same. */
    public Shape shape(int resolution) {
        check(resolution, resolution);
        long side = resolution / vae.config().pixelsPerLatent();
        return new Shape(2L * vae.config().latentChannels(), side, side);
    }

    private void check(int width, int height) {
        int unit = vae.config().pixelsPerLatent();
        if (width % unit != 0 || height % unit != 0) {
            throw new IllegalArgumentException("Cannot encode at " + width + " x " + height
                    + " pixels: a side is no multiple of " + unit + ", expected one. Change the resolution");
        }
    }
}
