package org.dreamboothactors.protocol;

import org.dreamboothactors.protocol.v1.TrainingStarted;

/** Where a run trains from now on, in one line for people. */
public final class StartText {
    private StartText() {}

    /** E.g. {@code training on cpu:0 from step 40, attempt 2, where it was still open}. */
    public static String of(TrainingStarted started) {
        return "training on " + started.getDevice() + " from step " + started.getFromStep() + ", attempt "
                + started.getAttempt()
                + (started.getWarm() ? ", where it was still open" : "")
                + (started.getEnvironmentChanged() ? ", in another environment than before" : "")
                + (started.getWarning().isEmpty() ? "" : "; " + started.getWarning());
    }
}
