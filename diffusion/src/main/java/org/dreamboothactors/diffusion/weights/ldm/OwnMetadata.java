package org.dreamboothactors.diffusion.weights.ldm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.dreamboothactors.diffusion.models.CLIPTextConfig;
import org.dreamboothactors.diffusion.models.UNetConfig;
import org.dreamboothactors.diffusion.models.VaeConfig;
import org.dreamboothactors.diffusion.schedulers.SchedulerSettings;

/**
 * What our own single files add to ModelSpec, so that a model of unusual sizes comes back as it was: the settings that
 * neither shapes nor ModelSpec tell. Others ignore it.
 */
final class OwnMetadata {
    static final String KEY = "dreambooth_actors.config";

    private static final ObjectMapper JSON = new ObjectMapper();

    private OwnMetadata() {}

    static String of(UNetConfig unet, VaeConfig vae, CLIPTextConfig text, SchedulerSettings scheduler) {
        ObjectNode node = JSON.createObjectNode();
        unet.heads().forEach(node.putArray("heads")::add);
        node.put("latent_side", unet.sampleSize());
        node.put("scaling_factor", vae.scalingFactor());
        node.set("scheduler", finite(scheduler.json()));
        node.put("text_heads", text.heads());
        node.put("unet_groups", unet.normGroups());
        node.put("vae_groups", vae.normGroups());
        return node.toString();
    }

    /** What a file's metadata tells; nothing where it is not ours. */
    static Told told(Map<String, String> metadata, String file) {
        String text = metadata.get(KEY);
        if (text == null) {
            return Told.nothing();
        }
        if (text.length() > OriginalConfig.LARGEST) {
            throw new IllegalArgumentException("Cannot read " + file + ": its metadata " + KEY + " has " + text.length()
                    + " characters, expected at most " + OriginalConfig.LARGEST);
        }
        try {
            JsonNode node = JSON.readTree(text);
            List<Integer> heads = new ArrayList<>();
            node.path("heads").forEach(count -> positive(count).ifPresent(heads::add));
            return new Told(
                    heads,
                    OptionalInt.empty(),
                    positive(node.path("unet_groups")),
                    positive(node.path("vae_groups")),
                    positive(node.path("text_heads")),
                    Optional.of(Told.TextEnd.LAST),
                    positive(node.path("latent_side")),
                    node.path("scaling_factor").isNumber()
                            ? OptionalDouble.of(node.path("scaling_factor").asDouble())
                            : OptionalDouble.empty(),
                    Optional.empty(),
                    OptionalDouble.empty(),
                    OptionalDouble.empty(),
                    Optional.of(node.path("scheduler")).filter(OwnMetadata::isNamed));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "Cannot read " + file + ": its metadata " + KEY + " is no JSON (" + e.getOriginalMessage()
                            + "), expected what this program wrote",
                    e);
        }
    }

    /** diffusers writes -Infinity where there is no limit, which is no JSON and what it takes where the key is absent. */
    private static ObjectNode finite(JsonNode config) {
        ObjectNode finite = JSON.createObjectNode();
        config.properties().stream()
                .filter(setting -> !setting.getValue().isNumber()
                        || Double.isFinite(setting.getValue().asDouble()))
                .forEach(setting -> finite.set(setting.getKey(), setting.getValue()));
        return finite;
    }

    /** Defaults are those of its class: without one nobody knows what absent keys mean. */
    private static boolean isNamed(JsonNode scheduler) {
        return scheduler.path("_class_name").asText().matches("[A-Za-z]+Scheduler");
    }

    private static OptionalInt positive(JsonNode node) {
        return node.isInt() && node.asInt() > 0 ? OptionalInt.of(node.asInt()) : OptionalInt.empty();
    }
}
