package org.dreamboothactors.protocol;

import org.dreamboothactors.protocol.v1.TrainingYielded;

/** Why a run stopped training for a while, in one line for people. */
public final class YieldText {
    private YieldText() {}

    /** E.g. {@code training yields at step 40: a run that goes first waits}; older trainers gave no reason. */
    public static String of(TrainingYielded yielded) {
        String what = "training yields at step " + yielded.getStep();
        return yielded.getReason().isEmpty() ? what : what + ": " + yielded.getReason();
    }
}
