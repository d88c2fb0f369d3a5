package org.dreamboothactors.actors.coordinator;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.dreamboothactors.actors.work.ComputeSettings;
import org.dreamboothactors.diffusion.schedulers.SamplerKind;
import org.dreamboothactors.diffusion.training.LearningRateSchedule;
import org.dreamboothactors.protocol.v1.Priority;
import org.dreamboothactors.protocol.v1.RunSpec;
import org.dreamboothactors.protocol.v1.Sampling;
import org.dreamboothactors.protocol.v1.Training;

/** Checks numbers and texts of a request and remembers what is wrong, as a sentence for people. */
final class Complaints {
    private static final int LONGEST_PROMPT = 2000; // characters
    private static final int SMALLEST_SIDE = 64; // pixels
    private static final int LARGEST_SIDE = 2048;
    private static final int SIDE_STEP = 8;
    private static final int MOST_SAMPLING_STEPS = 1000;
    private static final int LARGEST_BATCH = 64;
    private static final double HIGHEST_GUIDANCE = 100;
    private static final double HIGHEST_POWER = 100;

    private static final int MOST_LAYERS = 64;
    private static final Pattern LAYER = Pattern.compile("\\w{1,64}(\\.\\w{1,64}){0,8}");

    private final List<String> complaints = new ArrayList<>();

    /** Everything that is wrong, or nothing. */
    Optional<String> sentence() {
        return complaints.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", complaints));
    }

    void add(String complaint) {
        complaints.add(complaint);
    }

    void range(String field, long value, long least, long most) {
        if (value < least || value > most) {
            add(field + " is " + value + ", expected " + least + " to " + most);
        }
    }

    /** Ends of layers' names; whether a model has such layers shows when it is opened. */
    void layers(String field, List<String> names) {
        if (names.size() > MOST_LAYERS) {
            add(field + " has " + names.size() + " names, expected at most " + MOST_LAYERS);
        }
        names.stream()
                .limit(MOST_LAYERS)
                .filter(name -> !LAYER.matcher(name).matches())
                .forEach(name -> add(field + " has '" + name + "', expected the end of a layer's name such as to_q or"
                        + " ff.net.2"));
    }

    /** A number above zero, up to a limit. NaN is none. */
    void positive(String field, double value, double most) {
        if (!(value > 0 && value <= most)) {
            add(field + " is " + value + ", expected more than 0 and at most " + most);
        }
    }

    /** A number from one limit to another, both included. NaN is none. */
    void between(String field, double value, double least, double most) {
        if (!(value >= least && value <= most)) {
            add(field + " is " + value + ", expected " + least + " to " + most);
        }
    }

    /** One that this version does not know. */
    void priority(RunSpec spec) {
        if (spec.getPriority() == Priority.UNRECOGNIZED) {
            add("priority is " + spec.getPriorityValue() + ", expected LOW, NORMAL or HIGH");
        }
    }

    /** Learning rates over the run. */
    void schedule(Training training) {
        boolean constant = LearningRateSchedule.isConstant(training.getLrSchedule());
        range("lr_warmup_steps", training.getLrWarmupSteps(), 0, constant ? Integer.MAX_VALUE : training.getMaxSteps());
        between("lr_power", training.getLrPower(), 0, HIGHEST_POWER);
        if (!training.getLrSchedule().isEmpty() && !LearningRateSchedule.NAMES.contains(training.getLrSchedule())) {
            add("lr_schedule is " + training.getLrSchedule() + ", expected one of "
                    + String.join(", ", LearningRateSchedule.NAMES));
        }
        if (LearningRateSchedule.isPolynomial(training.getLrSchedule())) {
            aboveEnd("learning_rate", training.getLearningRate());
            if (training.getTrainTextEncoder()) {
                aboveEnd("text_encoder_learning_rate", training.getTextEncoderLearningRate());
            }
        }
    }

    private void aboveEnd(String field, double rate) {
        if (rate <= LearningRateSchedule.POLYNOMIAL_END) {
            add(field + " is " + rate + ", expected more than " + LearningRateSchedule.POLYNOMIAL_END
                    + ", where a polynomial schedule ends");
        }
    }

    /** How a run computes. */
    void compute(Training training) {
        try {
            ComputeSettings.of(training);
        } catch (IllegalArgumentException e) {
            add("compute: " + e.getMessage());
        }
    }

    /** A number above zero and under one. */
    void fraction(String field, double value) {
        if (!(value > 0 && value < 1)) {
            add(field + " is " + value + ", expected more than 0 and less than 1");
        }
    }

    void side(String field, int pixels) {
        if (pixels < SMALLEST_SIDE || pixels > LARGEST_SIDE || pixels % SIDE_STEP != 0) {
            add(field + " is " + pixels + " pixels, expected a multiple of " + SIDE_STEP + " from " + SMALLEST_SIDE
                    + " to " + LARGEST_SIDE);
        }
    }

    /** Never shows the prompt itself. */
    void prompt(String field, String prompt) {
        if (prompt.isBlank()) {
            add(field + " is empty, expected a prompt");
        }
        length(field, prompt);
    }

    void prompts(String field, List<String> prompts, int most) {
        range("the number of " + field, prompts.size(), 1, most);
        prompts.stream().limit(most).forEach(prompt -> prompt("one of the " + field, prompt));
    }

    void sampling(String field, Sampling sampling) {
        try {
            if (SamplerKind.of(sampling.getSampler()) != SamplerKind.DDIM && sampling.getEta() != 0) {
                add(field + ".eta is " + sampling.getEta() + " with sampler " + sampling.getSampler()
                        + ", expected 0: ddim alone has it");
            }
        } catch (UnsupportedOperationException e) {
            add(field + ": " + e.getMessage());
        }
        between(field + ".eta", sampling.getEta(), 0, 1);
        range(field + ".inference_steps", sampling.getInferenceSteps(), 1, MOST_SAMPLING_STEPS);
        positive(field + ".guidance_scale", sampling.getGuidanceScale(), HIGHEST_GUIDANCE);
        range(field + ".batch_size", sampling.getBatchSize(), 0, LARGEST_BATCH);
        length(field + ".negative_prompt", sampling.getNegativePrompt());
        side(field + ".width", sampling.getWidth());
        side(field + ".height", sampling.getHeight());
    }

    private void length(String field, String prompt) {
        if (prompt.length() > LONGEST_PROMPT) {
            add(field + " has " + prompt.length() + " characters, expected at most " + LONGEST_PROMPT);
        }
    }
}
