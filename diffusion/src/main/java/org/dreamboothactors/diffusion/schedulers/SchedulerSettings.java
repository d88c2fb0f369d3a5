package org.dreamboothactors.diffusion.schedulers;

import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import org.dreamboothactors.diffusion.weights.SmallJson;

/**
 * A {@code scheduler_config.json}, read for the sampler that will use it.
 *
 * <p>A missing key means what it means to diffusers. A key that the sampler of diffusers reads and ours cannot honour is
 * refused by name; keys of other samplers are left alone, as diffusers does when it changes samplers.
 *
 * @param json the configuration
 */
public record SchedulerSettings(JsonNode json) {

    /** How the noise per step grows. */
    public enum BetaSchedule {
        /** beta itself is a line. */
        LINEAR,
        /** The square root of beta is a line: Stable Diffusion. */
        SCALED_LINEAR,
        /** The cosine of Nichol and Dhariwal 2021, equation 17, with beta capped at 0.999. */
        SQUAREDCOS_CAP_V2
    }

    /** What the noise level is after the last step. */
    enum FinalSigma {
        /** None: the clean sample. */
        ZERO,
        /** That of the first training timestep. */
        SIGMA_MIN
    }

    private static final int MOST_STEPS = 100_000;

    // diffusers writes -Infinity into its JSON
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    /** Reads {@code scheduler_config.json}. */
    public static SchedulerSettings read(Path file) {
        try {
            return new SchedulerSettings(SmallJson.read(JSON, file));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read scheduler configuration " + file + ": " + e.getMessage(), e);
        }
    }

    /** The same with one flag set. */
    SchedulerSettings with(String key, boolean value) {
        ObjectNode changed = JSON.createObjectNode();
        json.properties().forEach(setting -> changed.set(setting.getKey(), setting.getValue()));
        return new SchedulerSettings(changed.put(key, value));
    }

    int steps() {
        int steps = json.path("num_train_timesteps").asInt(1000);
        if (steps < 2 || steps > MOST_STEPS) {
            throw unsupported("num_train_timesteps", json.path("num_train_timesteps"), "2 to " + MOST_STEPS);
        }
        return steps;
    }

    double betaStart() {
        return json.path("beta_start").asDouble(0.0001);
    }

    double betaEnd() {
        return json.path("beta_end").asDouble(0.02);
    }

    /** Given one by one, in place of a formula. */
    Optional<float[]> trainedBetas() {
        JsonNode node = json.path("trained_betas");
        if (node.isMissingNode() || node.isNull()) {
            return Optional.empty();
        }
        if (node.size() != steps() || !node.valueStream().allMatch(JsonNode::isNumber)) {
            throw unsupported("trained_betas", node, steps() + " numbers, one for each of the training timesteps");
        }
        float[] betas = new float[node.size()];
        for (int t = 0; t < betas.length; t++) {
            betas[t] = (float) node.path(t).asDouble();
        }
        return Optional.of(betas);
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

    /** Whether the last training timestep holds noise only (Lin et al. 2023, algorithm 1). */
    boolean zeroTerminalSnr() {
        return flag("rescale_betas_zero_snr", false);
    }

    /** diffusers takes no two at once. */
    SigmaSpread sigmaSpread() {
        boolean karras = flag("use_karras_sigmas", false);
        if (karras) {
            refuseIfSet("use_exponential_sigmas");
        }
        return karras
                ? SigmaSpread.KARRAS
                : flag("use_exponential_sigmas", false) ? SigmaSpread.EXPONENTIAL : SigmaSpread.TRAINED;
    }

    FinalSigma finalSigma() {
        return choice(FinalSigma.class, "final_sigmas_type", FinalSigma.ZERO);
    }

    /** A number that may be absent. */
    OptionalDouble number(String key) {
        JsonNode node = json.path(key);
        return node.isMissingNode() || node.isNull() ? OptionalDouble.empty() : OptionalDouble.of(node.asDouble());
    }

    /** How far the predicted clean sample may go; infinite where it is not clipped. */
    double clipRange() {
        return flag("clip_sample", true) ? json.path("clip_sample_range").asDouble(1) : Double.POSITIVE_INFINITY;
    }

    /**
     * Whether {@link SamplerKind#DDIM} clips the clean sample because nothing says that it should not. Settings that another
     * scheduler saved say nothing, and latents go beyond what it clips them to.
     */
    public boolean clipsUnasked() {
        return !json.hasNonNull("clip_sample");
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
        throw unsupported(key, node, Arrays.toString(type.getEnumConstants()).toLowerCase(Locale.ROOT));
    }

    /** Refuses settings that are on. */
    void refuseIfSet(String... keys) {
        for (String key : keys) {
            JsonNode node = json.path(key);
            if (!node.isMissingNode() && !node.isNull() && !(node.isBoolean() && !node.asBoolean())) {
                throw unsupported(key, node, "false or none");
            }
        }
    }

    /** A text that must be one of {@code allowed}; the first where it is absent. */
    String oneOf(String key, String... allowed) {
        JsonNode node = json.path(key);
        if (node.isMissingNode() || node.isNull()) {
            return allowed[0];
        }
        if (!List.of(allowed).contains(node.asText())) {
            throw unsupported(key, node, String.join(" or ", allowed));
        }
        return node.asText();
    }

    static UnsupportedOperationException unsupported(String key, JsonNode value, String expected) {
        return new UnsupportedOperationException("Cannot use scheduler setting " + key + ": " + value
                + " is not supported, expected " + expected + ". Choose another scheduler.");
    }
}
