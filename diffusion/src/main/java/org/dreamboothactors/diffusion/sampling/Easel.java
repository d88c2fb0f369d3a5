package org.dreamboothactors.diffusion.sampling;

import java.util.List;
import org.dreamboothactors.diffusion.images.RgbImage;

/** The models as a drawing sees them. */
public interface Easel {

    /** Channels of a latent. */
    int latentChannels();

    /** Pixels to a latent's side. */
    int pixelsPerLatent();

    /** The model asked with these prompts, one a picture, against one negative prompt. */
    NoisePredictor predictor(List<String> prompts, String negativePrompt, int latentWidth, int latentHeight);

    /** The picture of one latent. */
    RgbImage decode(float[] latent, int latentWidth, int latentHeight);
}
