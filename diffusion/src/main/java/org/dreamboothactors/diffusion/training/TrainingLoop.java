package org.dreamboothactors.diffusion.training;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.dreamboothactors.diffusion.ProgressListener;
import org.dreamboothactors.diffusion.StepResult;

/** Goes from step to step: picks the batches that a step's number names and runs the step. */
public final class TrainingLoop {

    /**
     * A picture as the VAE saw it.
     *
     * @param id what errors call it
     * @param moments means, then log-variances
     */
    @SuppressWarnings("ArrayRecordComponent") // data of the run, never compared
    public record Latent(String id, float[] moments) {}

    private final BatchPlan plan;
    private final DreamBoothStep step;
    private final List<Latent> instances;
    private final List<Latent> classes;
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
            List<Latent> instances,
            List<Latent> classes,
            Ranks ranks,
            long stepsDone) {
        this.plan = plan;
        this.step = step;
        this.instances = List.copyOf(instances);
        this.classes = List.copyOf(classes);
        this.ranks = ranks;
        this.stepsDone = stepsDone;
        int size = instances.getFirst().moments().length;
        for (Latent latent : Stream.concat(instances.stream(), classes.stream()).toList()) {
            if (latent.moments().length != size) {
                throw new IllegalArgumentException("Cannot train: latent " + latent.id() + " has "
                        + latent.moments().length + " values, expected " + size
                        + " as the first. Encode all pictures at one resolution.");
            }
        }
    }

    /** Steps done since the run began. */
    public long stepsDone() {
        return stepsDone;
    }

    /** Does the next step; {@code progress} hears of each micro-batch. */
    public StepResult next(ProgressListener progress) {
        List<StepInputs> microBatches = new ArrayList<>();
        List<String> ids = new ArrayList<>();
        for (int part = ranks.rank(); part < plan.accumulation(); part += ranks.count()) {
            List<Latent> batch = new ArrayList<>();
            plan.instancesAt(stepsDone, part).forEach(i -> batch.add(instances.get(i)));
            plan.classesAt(stepsDone, part).forEach(i -> batch.add(classes.get(i)));
            List<float[]> moments = batch.stream().map(Latent::moments).toList();
            microBatches.add(plan.inputs(
                    stepsDone, part, moments, step.objective().schedule().steps()));
            batch.forEach(latent -> ids.add(latent.id()));
        }
        StepResult result = step.run(stepsDone + 1, microBatches, ids, progress);
        stepsDone++;
        return result;
    }
}
