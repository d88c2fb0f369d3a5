package org.dreamboothactors.diffusion.training;

import java.util.ArrayList;
import java.util.List;
import org.dreamboothactors.diffusion.schedulers.Draws;
import org.dreamboothactors.diffusion.schedulers.Draws.Purpose;

/**
 * Which sample comes in which step, and its random numbers, from the step's number alone.
 *
 * @param draws numbers of the run's seed
 * @param instances number of the subject's photos
 * @param classes number of class pictures; 0 without prior preservation
 * @param batch instance samples a micro-batch; as many class samples come on top
 * @param accumulation micro-batches a step, of all ranks together
 */
public record BatchPlan(Draws draws, int instances, int classes, int batch, int accumulation, NoiseOffset offset) {

    /** Refuses a run without photos. */
    public BatchPlan {
        if (instances < 1 || classes < 0 || batch < 1 || accumulation < 1) {
            throw new IllegalArgumentException("Cannot plan " + accumulation + " batches of " + batch + " a step: there"
                    + " are " + instances + " photos and " + classes
                    + " class pictures, expected at least 1 photo. Check the data.");
        }
    }

    /** Samples of a micro-batch, both halves. */
    public int size() {
        return classes > 0 ? 2 * batch : batch;
    }

    /**
     * Indices of the photos in micro-batch {@code part} of step {@code step}, both counted from 0; every photo once before
     * any comes again.
     */
    public List<Integer> instancesAt(long step, int part) {
        return pick(step, part, instances, Purpose.INSTANCE_ORDER);
    }

    /** Indices of the class pictures in the same; none without prior preservation. */
    public List<Integer> classesAt(long step, int part) {
        return classes > 0 ? pick(step, part, classes, Purpose.CLASS_ORDER) : List.of();
    }

    private List<Integer> pick(long step, int part, int count, Purpose purpose) {
        List<Integer> picked = new ArrayList<>();
        for (int b = 0; b < batch; b++) {
            long place = (step * accumulation + part) * batch + b;
            int[] order = draws.permutation(count, purpose, place / count);
            picked.add(order[(int) (place % count)]);
        }
        return picked;
    }

    /** Of sample {@code b} of micro-batch {@code part} in its whole step; names the sample's random numbers. */
    long place(int part, int b) {
        return (long) part * size() + b;
    }

    /**
     * The inputs of a micro-batch for the moments that {@link #instancesAt} and then {@link #classesAt} name. Random
     * numbers are named by the sample's place in the whole step.
     */
    public StepInputs inputs(long step, int part, List<float[]> moments, int trainedTimesteps) {
        int pair = moments.getFirst().length;
        int each = pair / 2;
        int samples = moments.size();
        float[] allMoments = new float[samples * pair];
        float[] posterior = new float[samples * each];
        float[] noise = new float[samples * each];
        int[] timesteps = new int[samples];
        for (int b = 0; b < samples; b++) {
            long place = place(part, b);
            float[] fresh = draws.gaussian(Purpose.NOISE, step, place, each);
            offset.addTo(fresh, draws, step, place);
            System.arraycopy(moments.get(b), 0, allMoments, b * pair, pair);
            System.arraycopy(draws.gaussian(Purpose.POSTERIOR, step, place, each), 0, posterior, b * each, each);
            System.arraycopy(fresh, 0, noise, b * each, each);
            timesteps[b] = draws.below(trainedTimesteps, Purpose.TIMESTEP, step, place);
        }
        return new StepInputs(allMoments, posterior, noise, timesteps);
    }
}
