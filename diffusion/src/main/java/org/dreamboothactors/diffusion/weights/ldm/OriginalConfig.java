package org.dreamboothactors.diffusion.weights.ldm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.dreamboothactors.diffusion.weights.ldm.Told.TextEnd;

/**
 * The YAML that describes an original model ({@code v1-inference.yaml} of CompVis/stable-diffusion and its kin) or a NeMo
 * one ({@code model_config.yaml}). Read as data: no tag of it makes an object.
 */
final class OriginalConfig {
    /** Largest YAML that is read, in bytes. */
    static final int LARGEST = 1 << 20;

    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
    private static final int PIXELS_PER_LATENT = 8;
    private static final int TIMESTEPS = 1000;

    private final String source;

    private OriginalConfig(String source) {
        this.source = source;
    }

    /** What the YAML tells; refuses a schedule that this project does not compute. */
    static Told read(byte[] yaml, String source) {
        try {
            return new OriginalConfig(source).told(YAML.readTree(yaml));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "Cannot read " + source + ": it is no YAML (" + e.getOriginalMessage() + "), expected a model's",
                    e);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + source + ": " + e.getMessage(), e);
        }
    }

    private Told told(JsonNode root) {
        JsonNode model = params(root.has("model") ? root.path("model") : root);
        JsonNode unet = params(model.path("unet_config"));
        JsonNode vae = params(model.path("first_stage_config")).path("ddconfig");
        JsonNode schedule = model.has("noise_scheduler") ? model.path("noise_scheduler") : model;
        List<Integer> heads = new ArrayList<>();
        positive(unet.path("num_heads")).ifPresent(heads::add);
        refuseOtherSteps(model);
        refuseOtherSteps(schedule);
        OptionalInt resolution = positive(model.path("data").path("resolution"));
        return new Told(
                heads,
                positive(unet.path("num_head_channels")),
                positive(unet.path("resblock_gn_groups")),
                positive(vae.path("norm_num_groups")),
                OptionalInt.empty(),
                textEnd(params(model.path("cond_stage_config")).path("layer")),
                resolution.isPresent()
                        ? OptionalInt.of(resolution.getAsInt() / PIXELS_PER_LATENT)
                        : OptionalInt.empty(),
                decimal(model.path("scale_factor")),
                prediction(schedule.path("parameterization")),
                betas(schedule, "linear_start"),
                betas(schedule, "linear_end"),
                Optional.empty());
    }

    /** Of noise: another number of them, or betas that no formula gives. */
    private void refuseOtherSteps(JsonNode schedule) {
        if (schedule.path("timesteps").asInt(TIMESTEPS) != TIMESTEPS) {
            throw refused("timesteps", schedule.path("timesteps"), Integer.toString(TIMESTEPS));
        }
        JsonNode betas = schedule.path("given_betas");
        if (!betas.isMissingNode() && !betas.isNull()) {
            throw refused("given_betas", betas.isArray() ? betas.size() + " numbers" : betas, "none");
        }
    }

    private static JsonNode params(JsonNode node) {
        return node.path("params").isObject() ? node.path("params") : node;
    }

    private Optional<TextEnd> textEnd(JsonNode layer) {
        if (!layer.isTextual()) {
            return Optional.empty();
        }
        return switch (layer.asText()) {
            case "last" -> Optional.of(TextEnd.LAST);
            case "penultimate" -> Optional.of(TextEnd.PENULTIMATE);
            default -> throw refused("cond_stage_config.layer", layer, "last or penultimate");
        };
    }

    private Optional<String> prediction(JsonNode parameterization) {
        if (!parameterization.isTextual()) {
            return Optional.empty();
        }
        return switch (parameterization.asText().toLowerCase(Locale.ROOT)) {
            case "eps" -> Optional.of("epsilon");
            case "v" -> Optional.of("v_prediction");
            default -> throw refused("parameterization", parameterization, "eps or v");
        };
    }

    /** What the original files call linear is diffusers' scaled_linear: linear before it is squared. */
    private OptionalDouble betas(JsonNode schedule, String key) {
        JsonNode kind = schedule.path("beta_schedule");
        if (kind.isTextual() && !kind.asText().equals("linear")) {
            throw refused("beta_schedule", kind, "linear");
        }
        return decimal(schedule.path(key));
    }

    private static OptionalInt positive(JsonNode node) {
        return node.isInt() && node.asInt() > 0 ? OptionalInt.of(node.asInt()) : OptionalInt.empty();
    }

    private static OptionalDouble decimal(JsonNode node) {
        return node.isNumber() ? OptionalDouble.of(node.asDouble()) : OptionalDouble.empty();
    }

    private UnsupportedOperationException refused(String key, Object value, String expected) {
        return new UnsupportedOperationException("Cannot use " + source + ": " + key + " is " + value + ", expected "
                + expected + ". Choose a model of the Stable Diffusion 1.x or 2.x kind");
    }
}
