package org.dreamboothactors.actors.coordinator;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.dreamboothactors.diffusion.schedulers.NoiseSchedule;
import org.dreamboothactors.diffusion.schedulers.SamplerKind;
import org.dreamboothactors.diffusion.schedulers.SchedulerSettings;
import org.dreamboothactors.protocol.v1.RunSpec;
import org.dreamboothactors.protocol.v1.Sampling;

/**
 * Whether the scheduler's settings of a base model let a run train and draw as it wants. A device would say the same, but
 * after latents were encoded and class images were drawn.
 */
final class SchedulerCheck {
    private final Read read;

    private SchedulerCheck(Read read) {
        this.read = read;
    }

    /** What was found in the model's folder. */
    private sealed interface Read {
        record Settings(SchedulerSettings settings) implements Read {}

        record Unusable(String reason) implements Read {}

        /** No model at all, it seems: whoever loads it says so. */
        record Nothing() implements Read {}
    }

    /**
     * Reads the settings once.
     *
     * @param model folder of the base model
     */
    static SchedulerCheck of(Path model) {
        Path file = model.resolve("scheduler").resolve("scheduler_config.json");
        if (!Files.exists(file)) {
            return new SchedulerCheck(new Read.Nothing());
        }
        try {
            return new SchedulerCheck(new Read.Settings(SchedulerSettings.read(file)));
        } catch (UnsupportedOperationException | IllegalArgumentException | UncheckedIOException e) {
            return new SchedulerCheck(new Read.Unusable(String.valueOf(e.getMessage())));
        }
    }

    /** @param spec with every default filled in and numbers in range */
    Optional<String> complaint(RunSpec spec) {
        Optional<String> reason = switch (read) {
            case Read.Nothing() -> Optional.empty();
            case Read.Unusable(String why) -> Optional.of(why);
            case Read.Settings(SchedulerSettings settings) -> complaint(settings, spec);
        };
        return reason.map(why -> "base model " + spec.getBaseModel() + ": " + why);
    }

    private static Optional<String> complaint(SchedulerSettings settings, RunSpec spec) {
        try {
            NoiseSchedule.of(settings);
            settings.prediction();
            if (spec.hasPrior()) {
                start(settings, spec.getPrior().getSampling());
            }
            if (spec.hasValidation()) {
                start(settings, spec.getValidation().getSampling());
            }
            return Optional.empty();
        } catch (UnsupportedOperationException | IllegalArgumentException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /** Whether its scheduler can be run so. */
    boolean allows(Sampling sampling) {
        return switch (read) {
            case Read.Nothing() -> true;
            case Read.Unusable _ -> false;
            case Read.Settings(SchedulerSettings settings) -> allows(settings, sampling);
        };
    }

    private static boolean allows(SchedulerSettings settings, Sampling sampling) {
        try {
            start(settings, sampling);
            return true;
        } catch (UnsupportedOperationException | IllegalArgumentException e) {
            return false;
        }
    }

    /** Whether ddim would clip latents although nothing asks for it. */
    boolean clipsUnasked() {
        return read instanceof Read.Settings(SchedulerSettings settings) && clipsUnasked(settings);
    }

    private static boolean clipsUnasked(SchedulerSettings settings) {
        try {
            return settings.clipsUnasked();
        } catch (UnsupportedOperationException | IllegalArgumentException e) {
            return false; // the complaint says what is wrong with it
        }
    }

    private static void start(SchedulerSettings settings, Sampling sampling) {
        SamplerKind.of(sampling.getSampler()).start(settings, sampling.getInferenceSteps(), sampling.getEta());
    }
}
