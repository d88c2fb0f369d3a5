package org.dreamboothactors.diffusion.training;

/**
 * The learning rate of one part of a model over a run.
 *
 * @param base highest rate
 * @param steps of the whole run
 */
public record LearningRate(double base, LearningRateSchedule schedule, long steps) {

    /** Refuses a base that the schedule cannot start from. */
    public LearningRate {
        schedule.rate(base, steps, steps);
    }

    /** The same rate in every step. */
    public static LearningRate constant(double rate) {
        return new LearningRate(rate, new LearningRateSchedule.Constant(), 1);
    }

    /** The rate of step {@code step}, counted from 0. */
    double at(long step) {
        return schedule.rate(base, step, steps);
    }
}
