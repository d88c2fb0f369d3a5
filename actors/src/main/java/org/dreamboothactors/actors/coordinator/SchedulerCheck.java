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
 *
 * @param model folder of the base model
 */
record SchedulerCheck(Path model) {

    /** @param spec with every default filled in and numbers in range */
    Optional<String> complaint(RunSpec spec) {
        Path file = schedulerFile();
        if (!Files.exists(file)) {
            return Optional.empty(); // no model at all: whoever loads it says so
        }
        try {
            SchedulerSettings settings = SchedulerSettings.read(file);
            NoiseSchedule.of(settings);
            settings.prediction();
            if (spec.hasPrior()) {
                start(settings, spec.getPrior().getSampling());
            }
            if (spec.hasValidation()) {
                start(settings, spec.getValidation().getSampling());
            }
            return Optional.empty();
        } catch (UnsupportedOperationException | IllegalArgumentException | UncheckedIOException e) {
            return Optional.of("base model " + spec.getBaseModel() + ": " + e.getMessage());
        }
    }

    /** Whether its scheduler can be run so; where there is none, whoever loads the model says so. */
    boolean allows(Sampling sampling) {
        Path file = schedulerFile();
        if (!Files.exists(file)) {
            return true;
        }
        try {
            start(SchedulerSettings.read(file), sampling);
            return true;
        } catch (UnsupportedOperationException | IllegalArgumentException | UncheckedIOException e) {
            return false;
        }
    }

    /** Whether ddim would clip latents although nothing asks for it. */
    boolean clipsUnasked() {
        Path file = schedulerFile();
        if (!Files.exists(file)) {
            return false;
        }
        try {
            return SchedulerSettings.read(file).clipsUnasked();
        } catch (UnsupportedOperationException | IllegalArgumentException | UncheckedIOException e) {
            return false; // the complaint says what is wrong with it
        }
    }

    private Path schedulerFile() {
        return model.resolve("scheduler").resolve("scheduler_config.json");
    }

    private static void start(SchedulerSettings settings, Sampling sampling) {
        SamplerKind.of(sampling.getSampler()).start(settings, sampling.getInferenceSteps(), sampling.getEta());
    }
}
