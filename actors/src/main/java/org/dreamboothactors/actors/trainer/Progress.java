package org.dreamboothactors.actors.trainer;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;
import org.dreamboothactors.diffusion.StepResult;
import org.dreamboothactors.protocol.Events;
import org.dreamboothactors.protocol.v1.StepProgress;

/** Tells how far a run is, not too often: progress may get lost, and there is always more. */
final class Progress {
    private static final Duration SHORTEST_SILENCE = Duration.ofMillis(500);
    private static final int STEPS_IN_MEAN = 20;

    private final Workplace place;
    private final RunInWork run;
    private final Deque<Duration> lastSteps = new ArrayDeque<>();
    private Instant lastTold = Instant.EPOCH;

    Progress(Workplace place, RunInWork run) {
        this.place = place;
        this.run = run;
    }

    /** Takes a step and the time it takes. */
    StepResult measured(Supplier<StepResult> step) {
        Instant before = place.clock().instant();
        StepResult result = step.get();
        Instant now = place.clock().instant();
        lastSteps.addLast(Duration.between(before, now));
        if (lastSteps.size() > STEPS_IN_MEAN) {
            lastSteps.removeFirst();
        }
        boolean silentLongEnough = Duration.between(lastTold, now).compareTo(SHORTEST_SILENCE) >= 0;
        if (silentLongEnough || result.step() == run.maxSteps()) {
            lastTold = now;
            tell(result);
        }
        return result;
    }

    private void tell(StepResult result) {
        place.shift().says(run.runId() + ": step " + result.step() + " of " + run.maxSteps());
        place.node()
                .facts()
                .mention(Events.event(run.runId(), run.eventId("progress") + "-" + result.step())
                        .setStepProgress(StepProgress.newBuilder()
                                .setAttempt(run.attempt())
                                .setStep(result.step())
                                .setLoss(result.loss())
                                .setInstanceLoss(result.instanceLoss())
                                .setPriorLoss(result.priorLoss())
                                .setGradNorm(result.gradNorm())
                                .setSecondsPerStep(secondsPerStep()))
                        .build());
    }

    private double secondsPerStep() {
        return lastSteps.stream().mapToLong(Duration::toNanos).average().orElse(0) / 1e9;
    }
}
