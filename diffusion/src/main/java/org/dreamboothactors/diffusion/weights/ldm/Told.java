package org.dreamboothactors.diffusion.weights.ldm;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.dreamboothactors.diffusion.models.CLIPTextConfig;
import org.dreamboothactors.diffusion.models.UNetConfig;
import org.dreamboothactors.diffusion.models.VaeConfig;

/**
 * What the shapes in a file do not tell, as far as something else does: NeMo's {@code model_config.yaml}, an original
 * {@code .yaml} beside the file, or the configuration of the same model. What nobody tells is assumed to be as in Stable
 * Diffusion, and said to be assumed.
 *
 * @param heads of each level's attention in the UNet, one for all levels, or empty
 * @param headChannels of each head in the UNet; counts where heads is empty
 * @param textEnd the layer of the text encoder that the UNet attends to
 * @param latentSide of the latents that the model was trained on
 * @param prediction {@code epsilon} or {@code v_prediction}
 * @param scheduler the whole {@code scheduler_config.json}; the three before count where it is empty
 */
public record Told(
        List<Integer> heads,
        OptionalInt headChannels,
        OptionalInt unetGroups,
        OptionalInt vaeGroups,
        OptionalInt textHeads,
        Optional<TextEnd> textEnd,
        OptionalInt latentSide,
        OptionalDouble scalingFactor,
        Optional<String> prediction,
        OptionalDouble betaStart,
        OptionalDouble betaEnd,
        Optional<JsonNode> scheduler) {

    /** Which layer of the text encoder is its last; later ones are in the file but never run. */
    public enum TextEnd {
        LAST,
        PENULTIMATE
    }

    public Told {
        heads = List.copyOf(heads);
    }

    /** Nothing is told. */
    public static Told nothing() {
        return new Told(
                List.of(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                Optional.empty(),
                OptionalInt.empty(),
                OptionalDouble.empty(),
                Optional.empty(),
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                Optional.empty());
    }

    /** The configurations of the same model tell everything but the schedule. */
    public static Told by(UNetConfig unet, VaeConfig vae, CLIPTextConfig text, TextEnd end) {
        return new Told(
                unet.heads(),
                OptionalInt.empty(),
                OptionalInt.of(unet.normGroups()),
                OptionalInt.of(vae.normGroups()),
                OptionalInt.of(text.heads()),
                Optional.of(end),
                OptionalInt.of(unet.sampleSize()),
                OptionalDouble.of(vae.scalingFactor()),
                Optional.empty(),
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                Optional.empty());
    }

    /** This, and where it is silent what {@code other} tells. */
    public Told or(Told other) {
        boolean silent = heads.isEmpty() && headChannels.isEmpty();
        return new Told(
                silent ? other.heads : heads,
                silent ? other.headChannels : headChannels,
                unetGroups.isPresent() ? unetGroups : other.unetGroups,
                vaeGroups.isPresent() ? vaeGroups : other.vaeGroups,
                textHeads.isPresent() ? textHeads : other.textHeads,
                textEnd.or(() -> other.textEnd),
                latentSide.isPresent() ? latentSide : other.latentSide,
                scalingFactor.isPresent() ? scalingFactor : other.scalingFactor,
                prediction.or(() -> other.prediction),
                betaStart.isPresent() ? betaStart : other.betaStart,
                betaEnd.isPresent() ? betaEnd : other.betaEnd,
                scheduler.or(() -> other.scheduler));
    }
}
