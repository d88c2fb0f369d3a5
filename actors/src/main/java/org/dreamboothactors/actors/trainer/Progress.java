package org.dreamboothactors.actors.trainer;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import org.dreamboothactors.actors.device.Gang;
import org.dreamboothactors.actors.device.RankStep;
import org.dreamboothactors.diffusion.StepResult;
import org.dreamboothactors.protocol.Events;
import org.dreamboothactors.protocol.v1.RankProgress;
import org.dreamboothactors.protocol.v1.StepProgress;
import org.dreamboothactors.protocol.v1.Training;

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
    StepResult measured(Supplier<Gang.Step> trainStep) {
        Instant before = place.clock().instant();
        Gang.Step step = trainStep.get();
        StepResult result = step.result();
        place.node().meters().stepped(step.ranks(), picturesOfStep(step.ranks().size()));
        Instant now = place.clock().instant();
        lastSteps.addLast(Duration.between(before, now));
        if (lastSteps.size() > STEPS_IN_MEAN) {
            lastSteps.removeFirst();
        }
        boolean silentLongEnough = Duration.between(lastTold, now).compareTo(SHORTEST_SILENCE) >= 0;
        if (silentLongEnough || result.step() == run.maxSteps()) {
            lastTold = now;
            tell(result, step.ranks());
        }
        return result;
    }

    private int picturesOfStep(int ranks) {
        Training training = run.spec().getTraining();
        int halves = run.spec().hasPrior() ? 2 : 1;
        return ranks * halves * training.getMicroBatchSize() * Math.max(1, training.getAccumulation());
    }

    private void tell(StepResult result, List<RankStep> ranks) {
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
                                .setSecondsPerStep(secondsPerStep())
                                .addAllRanks(
                                        ranks.stream().map(Progress::message).toList()))
                        .build());
    }

    private static RankProgress message(RankStep step) {
        return RankProgress.newBuilder()
                .setDevice(step.device())
                .setStepSeconds(step.cost().seconds())
                .setAllReduceWaitSeconds(step.cost().allReduceWaitSeconds())
                .setSummedBytes(step.cost().summedBytes())
                .setPeakMemoryBytes(step.peakMemoryBytes())
                .build();
    }

    private double secondsPerStep() {
        return lastSteps.stream().mapToLong(Duration::toNanos).average().orElse(0) / 1e9;
    }
}
