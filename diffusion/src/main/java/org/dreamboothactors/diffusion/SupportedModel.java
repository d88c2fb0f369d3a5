package org.dreamboothactors.diffusion;

import java.nio.file.Path;
import org.dreamboothactors.diffusion.models.AutoencoderKL;
import org.dreamboothactors.diffusion.models.CLIPTextConfig;
import org.dreamboothactors.diffusion.models.CLIPTextModel;
import org.dreamboothactors.diffusion.models.UNet2DConditionModel;
import org.dreamboothactors.diffusion.models.UNetConfig;
import org.dreamboothactors.diffusion.models.VaeConfig;

/** Whether this version can train a base model and its parts fit each other, by its configurations alone: no weight is read. */
public final class SupportedModel {
    private SupportedModel() {}

    /**
     * Throws what reading a configuration throws, with the name of the file and of the setting.
     *
     * @param folder in diffusers layout
     */
    public static void require(Path folder) {
        UNetConfig unet = UNetConfig.read(folder.resolve(UNet2DConditionModel.PART));
        CLIPTextConfig text = CLIPTextConfig.read(folder.resolve(CLIPTextModel.PART));
        VaeConfig vae = VaeConfig.read(folder.resolve(AutoencoderKL.PART));
        // Nothing else would say so: what is too wide for the next part is cut off, and pictures come out all the same.
        fits(
                folder,
                "text_encoder's hidden_size",
                text.hiddenSize(),
                "unet's cross_attention_dim",
                unet.crossAttentionDim());
        fits(folder, "vae's latent_channels", vae.latentChannels(), "unet's in_channels", unet.inChannels());
        for (int level = 0; level < unet.channels().size(); level++) {
            int channels = unet.channels().get(level);
            divides(folder, "unet's norm_num_groups", unet.normGroups(), channels);
            divides(
                    folder,
                    "unet's attention_head_dim, which counts heads,",
                    unet.heads().get(level),
                    channels);
        }
        vae.channels().forEach(channels -> divides(folder, "vae's norm_num_groups", vae.normGroups(), channels));
        divides(folder, "text_encoder's num_attention_heads", text.heads(), text.hiddenSize());
    }

    private static void fits(Path folder, String what, int is, String other, int expected) {
        if (is != expected) {
            throw new IllegalArgumentException("Cannot use " + folder + ": the " + what + " is " + is + ", expected "
                    + expected + " as the " + other + ". Check that the parts belong together");
        }
    }

    private static void divides(Path folder, String what, int is, int channels) {
        if (is < 1 || channels % is != 0) {
            throw new IllegalArgumentException(
                    "Cannot use " + folder + ": the " + what + " is " + is + ", expected a divisor of " + channels);
        }
    }
}
