package org.dreamboothactors.actors.board.runs;

import org.dreamboothactors.protocol.v1.StepProgress;

/**
 * Progress of training at one step.
 *
 * @param seq of the fact in the view of its run
 * @param lossTrend loss, smoothed over the steps
 * @param gradNorm before clipping
 */
public record Point(
        long seq,
        long step,
        int attempt,
        float loss,
        float instanceLoss,
        float priorLoss,
        float gradNorm,
        float secondsPerStep,
        float lossTrend,
        float instanceTrend,
        float priorTrend) {
    /** Steps after which an old value counts for a third. */
    private static final double MEMORY_STEPS = 50;

    static Point first(long seq, StepProgress progress) {
        return of(seq, progress, progress.getLoss(), progress.getInstanceLoss(), progress.getPriorLoss());
    }

    Point next(long nextSeq, StepProgress progress) {
        double weight = -Math.expm1(-Math.max(1, progress.getStep() - step) / MEMORY_STEPS);
        return of(
                nextSeq,
                progress,
                trend(lossTrend, progress.getLoss(), weight),
                trend(instanceTrend, progress.getInstanceLoss(), weight),
                trend(priorTrend, progress.getPriorLoss(), weight));
    }

    /** A value that is no number leaves the trend as it was. */
    private static double trend(double trend, double value, double weight) {
        if (!Double.isFinite(value)) {
            return trend;
        }
        return Double.isFinite(trend) ? trend + weight * (value - trend) : value;
    }

    private static Point of(long seq, StepProgress progress, double loss, double instance, double prior) {
        return new Point(
                seq,
                progress.getStep(),
                progress.getAttempt(),
                (float) progress.getLoss(),
                (float) progress.getInstanceLoss(),
                (float) progress.getPriorLoss(),
                (float) progress.getGradNorm(),
                (float) progress.getSecondsPerStep(),
                (float) loss,
                (float) instance,
                (float) prior);
    }
}
