package org.dreamboothactors.diffusion.training;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.dreamboothactors.diffusion.ProgressListener;
import org.dreamboothactors.diffusion.StepResult;

/** Goes from step to step: picks the batches that a step's number names and runs the step. */
public final class TrainingLoop {

    private final BatchPlan plan;
    private final DreamBoothStep step;
    private final List<Sample> instances;
    private final List<Sample> classes;
    private final Ranks ranks;
    private long stepsDone;

    /**
     * A loop that goes on after {@code stepsDone} steps; 0 for a fresh run.
     *
     * @param plan of all ranks together
     * @param ranks whose part of each step's micro-batches it does
     */
    public TrainingLoop(
            BatchPlan plan,
            DreamBoothStep step,
            List<Sample> instances,
            List<Sample> classes,
            Ranks ranks,
            long stepsDone) {
        this.plan = plan;
        this.step = step;
        this.instances = List.copyOf(instances);
        this.classes = List.copyOf(classes);
        this.ranks = ranks;
        this.stepsDone = stepsDone;
    }

    /** Steps done since the run began. */
    public long stepsDone() {
        return stepsDone;
    }

    /** Does the next step; {@code progress} hears of each micro-batch. */
    public StepResult next(ProgressListener progress) {
        long number = stepsDone;
        List<Supplier<StepInputs>> microBatches = new ArrayList<>();
        List<String> ids = new ArrayList<>();
        for (int part = ranks.rank(); part < plan.accumulation(); part += ranks.count()) {
            List<Sample> batch = new ArrayList<>();
            plan.instancesAt(number, part).forEach(i -> batch.add(instances.get(i)));
            plan.classesAt(number, part).forEach(i -> batch.add(classes.get(i)));
            batch.forEach(sample -> ids.add(sample.id()));
            int which = part;
            microBatches.add(() -> inputs(number, which, batch));
        }
        StepResult result = step.run(stepsDone + 1, microBatches, ids, progress);
        stepsDone++;
        return result;
    }

    private StepInputs inputs(long number, int part, List<Sample> batch) {
        List<float[]> moments = new ArrayList<>();
        for (int b = 0; b < batch.size(); b++) {
            moments.add(batch.get(b).moments(number, plan.place(part, b)));
        }
        return plan.inputs(number, part, moments, step.objective().schedule().steps());
    }
}
