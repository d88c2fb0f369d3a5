package org.dreamboothactors.actors.trainer;

import org.dreamboothactors.protocol.v1.TrainRequest;

/**
 * A run while a device trains it.
 *
 * @param environment where its bits are computed
 */
record RunInWork(TrainRequest request, String environment) {

    String runId() {
        return request.getRunId();
    }

    int attempt() {
        return request.getAttempt();
    }

    /** Of all keys of the run, with a trailing slash. */
    String prefix() {
        return prefix(runId());
    }

    static String prefix(String runId) {
        return "runs/" + runId + "/";
    }

    int maxSteps() {
        return request.getSpec().getTraining().getMaxSteps();
    }
}
