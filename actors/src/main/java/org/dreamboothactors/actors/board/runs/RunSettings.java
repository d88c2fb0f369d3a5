package org.dreamboothactors.actors.board.runs;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.dreamboothactors.actors.board.runs.RunDetail.Setting;
import org.dreamboothactors.protocol.v1.Compute;
import org.dreamboothactors.protocol.v1.Priority;
import org.dreamboothactors.protocol.v1.RunSpec;
import org.dreamboothactors.protocol.v1.Training;

/** What a run was asked to do, as name and value. */
final class RunSettings {
    private RunSettings() {}

    static List<Setting> of(RunSpec spec) {
        Training training = spec.getTraining();
        List<Setting> settings = new ArrayList<>();
        settings.add(new Setting("Priority", priority(spec.getPriority())));
        settings.add(new Setting("Base model", Limits.name(spec.getBaseModel())));
        settings.add(new Setting("Instance prompt", Limits.text(spec.getInstancePrompt())));
        if (!spec.getClassPrompt().isEmpty()) {
            settings.add(new Setting("Class prompt", Limits.text(spec.getClassPrompt())));
        }
        settings.add(new Setting("Seed", Long.toUnsignedString(spec.getSeed())));
        settings.add(new Setting("Resolution", spec.getResolution() + " px"));
        settings.add(new Setting("Steps", Integer.toString(training.getMaxSteps())));
        settings.add(new Setting("Learning rate", number(training.getLearningRate())));
        settings.add(new Setting("Text encoder", textEncoder(training)));
        settings.add(new Setting("Micro-batch", Integer.toString(training.getMicroBatchSize())));
        settings.add(new Setting("Computed", computed(training)));
        if (spec.hasPrior()) {
            settings.add(new Setting(
                    "Prior preservation",
                    "weight " + number(spec.getPrior().getLossWeight()) + ", "
                            + spec.getPrior().getNumClassImages() + " class images"));
        }
        if (spec.hasValidation()) {
            settings.add(new Setting("Samples", samples(spec)));
        }
        return settings;
    }

    private static String priority(Priority priority) {
        return switch (priority) {
            case LOW -> "low";
            case PRIORITY_UNSPECIFIED, NORMAL -> "normal";
            case HIGH -> "high";
            case UNRECOGNIZED -> "not known here";
        };
    }

    private static String textEncoder(Training training) {
        if (!training.getTrainTextEncoder()) {
            return "frozen";
        }
        return training.getTextEncoderLearningRate() == 0
                ? "trained"
                : "trained at " + number(training.getTextEncoderLearningRate());
    }

    private static String computed(Training training) {
        Compute compute = training.getCompute();
        List<String> words = new ArrayList<>();
        words.add(Limits.name(compute.getPrecision().isEmpty() ? "auto" : compute.getPrecision()) + " precision");
        words.add(Limits.name(compute.getOptimizer().isEmpty() ? "adamw" : compute.getOptimizer()));
        if (training.getActivationCheckpointing()) {
            words.add("activation checkpointing");
        }
        if (compute.getChannelsLast()) {
            words.add("channels-last");
        }
        if (compute.getExplicitAttention()) {
            words.add("explicit attention");
        }
        if (compute.getWholeGraph()) {
            words.add("one graph");
        }
        return String.join(", ", words);
    }

    private static String samples(RunSpec spec) {
        int every = spec.getValidation().getEverySteps();
        int worse = spec.getValidation().getStopAfter();
        return spec.getValidation().getPromptsCount() + " prompts "
                + (every == 0 ? "with each checkpoint" : "every " + every + " steps")
                + (worse == 0 ? "" : ", ends after " + worse + " worse verdicts");
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.4g", value);
    }
}
