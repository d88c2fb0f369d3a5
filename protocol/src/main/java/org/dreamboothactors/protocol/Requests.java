package org.dreamboothactors.protocol;

import org.dreamboothactors.protocol.v1.RunSpec;
import org.dreamboothactors.protocol.v1.SampleRequest;

/** What can be told to be wrong with a request before it is sent; the service judges the rest. */
final class Requests {
    private static final int MOST_PROMPTS = 64;

    private Requests() {}

    static void check(RunSpec spec) {
        if (spec.getInstancePrompt().isBlank()) {
            throw new IllegalArgumentException("Cannot submit a run: instance_prompt is empty,"
                    + " expected a prompt that names the subject, such as \"a photo of a sks teapot\"");
        }
        if (spec.getTraining().getMaxSteps() < 1) {
            throw new IllegalArgumentException("Cannot submit a run: training.max_steps is "
                    + spec.getTraining().getMaxSteps() + ", expected at least 1");
        }
        if (spec.hasPrior() && spec.getClassPrompt().isBlank()) {
            throw new IllegalArgumentException("Cannot submit a run: class_prompt is empty, expected one with prior"
                    + " preservation, such as \"a photo of a teapot\". Give one, or leave prior out");
        }
    }

    static void check(SampleRequest samples) {
        int prompts = samples.getPromptsCount();
        if (prompts < 1 || prompts > MOST_PROMPTS) {
            throw new IllegalArgumentException(
                    "Cannot ask for pictures: " + prompts + " prompts, expected 1 to " + MOST_PROMPTS);
        }
        if (samples.getCheckpointStep() < 0) {
            throw new IllegalArgumentException("Cannot ask for pictures: checkpoint_step is "
                    + samples.getCheckpointStep() + ", expected 0 for the base model or a published checkpoint's step");
        }
    }
}
