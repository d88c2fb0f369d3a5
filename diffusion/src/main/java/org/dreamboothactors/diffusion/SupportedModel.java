package org.dreamboothactors.diffusion;

import java.nio.file.Path;
import org.dreamboothactors.diffusion.models.AutoencoderKL;
import org.dreamboothactors.diffusion.models.CLIPTextConfig;
import org.dreamboothactors.diffusion.models.CLIPTextModel;
import org.dreamboothactors.diffusion.models.UNet2DConditionModel;
import org.dreamboothactors.diffusion.models.UNetConfig;
import org.dreamboothactors.diffusion.models.VaeConfig;

/** Whether this version can train a base model, by its configurations alone: no weight is read. */
public final class SupportedModel {
    private SupportedModel() {}

    /**
     * Throws what reading a configuration throws, with the name of the file and of the setting.
     *
     * @param folder in diffusers layout
     */
    public static void require(Path folder) {
        var _ = UNetConfig.read(folder.resolve(UNet2DConditionModel.PART));
        var _ = CLIPTextConfig.read(folder.resolve(CLIPTextModel.PART));
        var _ = VaeConfig.read(folder.resolve(AutoencoderKL.PART));
    }
}
