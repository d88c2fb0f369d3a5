package org.dreamboothactors.diffusion.schedulers;

import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Locale;

/**
 * A {@code scheduler_config.json}, read for the sampler that will use it.
 *
 * <p>A missing key means what it means to diffusers. A key that asks for something this project does not do is refused.
 *
 * @param json the configuration
 */
public record SchedulerSettings(JsonNode json) {

    /** How the noise per step grows. */
    public enum BetaSchedule {
        LINEAR,
        SCALED_LINEAR
    }

    // diffusers writes -Infinity into its JSON
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    /** Refuses what would silently change the numbers. */
    public SchedulerSettings {
        refuseIfSet(json, "trained_betas");
        refuseIfSet(json, "thresholding");
        refuseIfSet(json, "rescale_betas_zero_snr");
        refuseIfSet(json, "use_karras_sigmas");
        refuseIfSet(json, "use_exponential_sigmas");
        refuseIfSet(json, "use_beta_sigmas");
        refuseIfSet(json, "use_lu_lambdas");
        refuseIfSet(json, "use_flow_sigmas");
        if (Double.isFinite(json.path("lambda_min_clipped").asDouble(Double.NEGATIVE_INFINITY))) {
            throw unsupported("lambda_min_clipped", json.get("lambda_min_clipped"), "-Infinity");
        }
    }

    /** Reads {@code scheduler_config.json}. */
    public static SchedulerSettings read(Path file) {
        try {
            return new SchedulerSettings(JSON.readTree(file.toFile()));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read scheduler configuration " + file + ": " + e.getMessage(), e);
        }
    }

    int steps() {
        return json.path("num_train_timesteps").asInt(1000);
    }

    double betaStart() {
        return json.path("beta_start").asDouble(0.0001);
    }

    double betaEnd() {
        return json.path("beta_end").asDouble(0.02);
    }

    BetaSchedule betaSchedule() {
        return choice(BetaSchedule.class, "beta_schedule", BetaSchedule.LINEAR);
    }

    /** What the model predicts. */
    public Prediction prediction() {
        return choice(Prediction.class, "prediction_type", Prediction.EPSILON);
    }

    Spacing spacing(Spacing otherwise) {
        return choice(Spacing.class, "timestep_spacing", otherwise);
    }

    int stepsOffset() {
        return json.path("steps_offset").asInt(0);
    }

    /** How far the predicted clean sample may go; infinite where it is not clipped. */
    double clipRange() {
        return flag("clip_sample", true) ? json.path("clip_sample_range").asDouble(1) : Double.POSITIVE_INFINITY;
    }

    boolean flag(String key, boolean otherwise) {
        return json.path(key).asBoolean(otherwise);
    }

    <E extends Enum<E>> E choice(Class<E> type, String key, E otherwise) {
        JsonNode node = json.path(key);
        if (node.isMissingNode() || node.isNull()) {
            return otherwise;
        }
        for (E value : type.getEnumConstants()) {
            if (value.name().toLowerCase(Locale.ROOT).equals(node.asText())) {
                return value;
            }
        }
        throw unsupported(
                key, node, java.util.Arrays.toString(type.getEnumConstants()).toLowerCase(Locale.ROOT));
    }

    private static void refuseIfSet(JsonNode json, String key) {
        JsonNode node = json.path(key);
        if (!node.isMissingNode() && !node.isNull() && !(node.isBoolean() && !node.asBoolean())) {
            throw unsupported(key, node, "false or none");
        }
    }

    static UnsupportedOperationException unsupported(String key, JsonNode value, String expected) {
        return new UnsupportedOperationException("Cannot use scheduler setting " + key + ": " + value
                + " is not supported, expected " + expected + ". Choose another scheduler.");
    }
}
