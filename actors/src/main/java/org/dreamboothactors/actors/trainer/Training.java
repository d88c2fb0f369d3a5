package org.dreamboothactors.actors.trainer;

import java.time.Instant;
import java.util.Optional;
import org.dreamboothactors.actors.work.Node;
import org.dreamboothactors.actors.work.Outcome;
import org.dreamboothactors.diffusion.StepResult;
import org.dreamboothactors.protocol.Events;
import org.dreamboothactors.protocol.Topics;
import org.dreamboothactors.protocol.v1.TrainRequest;
import org.dreamboothactors.protocol.v1.TrainingYielded;
import org.dreamboothactors.storage.CommitLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The steps of a run on its devices, until something ends them. Used once, by one thread.
 *
 * <p>A state is committed after everything else of its step was told: who goes on from it owes nothing of that step.
 */
final class Training implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Training.class);
    /** From then on a run makes way to get a fresh record: one that is given out too often is a dead letter. */
    static final int MANY_DELIVERIES = Topics.DELIVERIES / 2;

    /** By priority, or because its tenant had less. */
    static final String OUTRANKED = "a run that goes first waits";

    private final Workplace place;
    private final RunInWork run;
    private final TrainRuns rules;
    private final StateCommits commits;
    private final Checkpoints checkpoints;
    private final Validations validations;
    private final Verdicts verdicts;
    private final Progress progress;
    private boolean paused;

    Training(Workplace place, RunInWork run, CommitLog log, Verdicts verdicts, TrainRuns rules) {
        this.place = place;
        this.run = run;
        this.rules = rules;
        commits = new StateCommits(place, run, log, rules.longestCommitInterval());
        checkpoints = new Checkpoints(place, run, log, verdicts);
        validations = new Validations(place, run, new Judging(place, run, verdicts));
        this.verdicts = verdicts;
        progress = new Progress(place, run);
    }

    Outcome from(long firstStep) {
        Instant sliceEnd = place.clock().instant().plus(rules.slice());
        commits.startFrom(firstStep);
        if (firstStep == 0) {
            validations.drawIfDue(0);
        }
        long step = firstStep;
        while (step < verdicts.lastStep()) {
            if (place.node().ended().contains(run.runId())) {
                LOG.info("{} stops at step {}: the run was ended", run.runId(), step);
                commits.giveUp();
                return new Outcome.Done();
            }
            if (place.shift().over()) {
                pause(step);
                String reason = "the shift was over at step " + step;
                return isGivenOutOften() && !place.shift().lost() ? yielded(step, reason) : new Outcome.Again(reason);
            }
            Optional<String> overtime =
                    rules.limits().complaint(place.node().ended().trained(run.runId()));
            if (overtime.isPresent()) {
                return rules.fail(run.request(), overtime.get());
            }
            Optional<String> reason = makesWay(step - firstStep, sliceEnd);
            if (reason.isPresent()) {
                pause(step);
                return yielded(step, reason.get());
            }
            StepResult result = progress.measured(place.device()::trainStep);
            step = result.step();
            validations.drawIfDue(step);
            if (step < verdicts.lastStep()) {
                checkpoints.publishIfDue(step);
                commits.settle();
                commits.beginIfDue(step);
            }
        }
        commits.await();
        checkpoints.publish(step);
        commits.giveUp();
        LOG.info("{} is trained: {} of {} steps", run.runId(), step, run.maxSteps());
        return new Outcome.Done();
    }

    @Override
    public void close() {
        commits.close();
    }

    /** Whether the run will go on from where it is, here or elsewhere. */
    boolean isPaused() {
        return paused;
    }

    private void pause(long step) {
        commits.commitNow(step);
        paused = true;
    }

    /** Whoever has the same priority waits for the end of the slice, and for one step at least. */
    private Optional<String> makesWay(long steps, Instant sliceEnd) {
        boolean sliceOver = steps > 0 && !place.clock().instant().isBefore(sliceEnd);
        return switch (rules.claim(run.request())) {
            case NOW -> Optional.of(OUTRANKED);
            case AT_SLICE_END -> sliceOver ? Optional.of("its slice is over and other work waits") : Optional.empty();
            case NONE ->
                sliceOver && isGivenOutOften()
                        ? Optional.of(
                                "its record was given out " + place.shift().delivery() + " times")
                        : Optional.empty();
        };
    }

    /** Stops of healthy nodes cost deliveries, too: a fresh record has all of them before it. */
    private boolean isGivenOutOften() {
        return place.shift().delivery() > MANY_DELIVERIES;
    }

    private Outcome yielded(long step, String reason) {
        LOG.info("{} makes way at step {}: {}", run.runId(), step, reason);
        tellYielded(
                place.node(),
                run.request(),
                TrainingYielded.newBuilder().setStep(step).setReason(reason));
        return new Outcome.Done();
    }

    /** Asks for a fresh record of the run. */
    static void tellYielded(Node node, TrainRequest request, TrainingYielded.Builder yielded) {
        node.facts()
                .tell(Events.event(request.getRunId(), "training-yielded-" + request.getAttempt())
                        .setTrainingYielded(yielded.setAttempt(request.getAttempt()))
                        .build());
    }
}
