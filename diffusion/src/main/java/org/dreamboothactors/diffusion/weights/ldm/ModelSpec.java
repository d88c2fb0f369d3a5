package org.dreamboothactors.diffusion.weights.ldm;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.TreeMap;
import org.dreamboothactors.diffusion.models.CLIPTextConfig;
import org.dreamboothactors.diffusion.models.VaeConfig;
import org.dreamboothactors.diffusion.schedulers.Prediction;

/**
 * What a single file says about itself to ComfyUI and others: the metadata of Stability AI's ModelSpec 1.0.
 *
 * @param title name of the model
 * @param triggerPhrase words that call the subject; empty where there are none
 * @param date when the model was made
 */
public record ModelSpec(String title, String triggerPhrase, Instant date) {

    Map<String, String> metadata(int latentSide, VaeConfig vae, CLIPTextConfig text, Prediction prediction) {
        int side = latentSide * vae.pixelsPerLatent();
        boolean second = !text.quickGelu();
        Map<String, String> metadata = new TreeMap<>();
        metadata.put("format", "pt");
        metadata.put("modelspec.sai_model_spec", "1.0.0");
        metadata.put(
                "modelspec.architecture",
                second
                        ? prediction == Prediction.EPSILON ? "stable-diffusion-v2-512" : "stable-diffusion-v2-768-v"
                        : "stable-diffusion-v1");
        metadata.put("modelspec.implementation", "https://github.com/Stability-AI/generative-models");
        metadata.put("modelspec.title", title);
        metadata.put("modelspec.resolution", side + "x" + side);
        metadata.put("modelspec.prediction_type", prediction == Prediction.EPSILON ? "epsilon" : "v");
        metadata.put("modelspec.date", date.truncatedTo(ChronoUnit.SECONDS).toString());
        if (!triggerPhrase.isEmpty()) {
            metadata.put("modelspec.trigger_phrase", triggerPhrase);
        }
        return metadata;
    }
}
