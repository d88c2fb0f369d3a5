package org.dreamboothactors.diffusion;

import java.util.List;

/** The loss or a gradient of a step is infinite or not a number; the weights are those before the step. */
public final class NonFiniteLoss extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final long step;

    @SuppressWarnings("serial") // List.copyOf gives a serializable list
    private final List<String> sampleIds;

    /** {@code value} is the step's loss, or the norm of its gradients. */
    public NonFiniteLoss(long step, double value, List<String> sampleIds) {
        super("Cannot train step " + step + ": its loss or gradient is " + value + " on " + String.join(", ", sampleIds)
                + ", expected a finite number. Lower the learning rate or look at these samples.");
        this.step = step;
        this.sampleIds = List.copyOf(sampleIds);
    }

    /** The step that failed, counted from 1. */
    public long step() {
        return step;
    }

    /** Files of the samples in the batch. */
    public List<String> sampleIds() {
        return sampleIds;
    }
}
