package org.dreamboothactors.actors.trainer;

import java.time.Instant;
import org.dreamboothactors.actors.work.RunFolders;
import org.dreamboothactors.protocol.v1.RunSpec;
import org.dreamboothactors.protocol.v1.TrainRequest;

/**
 * A run while a device trains it.
 *
 * @param environment where its bits are computed
 * @param startedAt tells this delivery of the run from others of the same attempt
 */
record RunInWork(TrainRequest request, String environment, Instant startedAt) {

    String runId() {
        return request.getRunId();
    }

    int attempt() {
        return request.getAttempt();
    }

    RunSpec spec() {
        return request.getSpec();
    }

    int maxSteps() {
        return maxSteps(request);
    }

    static int maxSteps(TrainRequest request) {
        return request.getSpec().getTraining().getMaxSteps();
    }

    /** Of all keys of the run's log, with a trailing slash. */
    String prefix() {
        return RunFolders.commits(runId());
    }

    /** For facts of this delivery that another delivery may tell again with other content. */
    String eventId(String fact) {
        return fact + "-" + attempt() + "-" + startedAt.toEpochMilli();
    }
}
