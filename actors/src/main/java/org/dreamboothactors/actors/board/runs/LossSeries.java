package org.dreamboothactors.actors.board.runs;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.dreamboothactors.protocol.v1.StepProgress;

/**
 * Progress of one run, step by step ascending, in at most {@link Limits#POINTS} points: when it is full every second
 * one goes, and from then on only every second is taken. Not thread-safe.
 */
final class LossSeries {
    private final List<Point> points = new ArrayList<>();
    private Optional<Point> latest = Optional.empty();
    private int attempt;
    private long heard;
    private long every = 1;
    private long generation = 1;

    /** Adds progress; that of an older attempt or of a step that is known says nothing new. */
    void add(long seq, StepProgress progress) {
        if (progress.getAttempt() > attempt) {
            goBack(progress.getAttempt(), progress.getStep() - 1);
        }
        if (progress.getAttempt() < attempt
                || latest.filter(last -> last.step() >= progress.getStep()).isPresent()) {
            return;
        }
        Point point = latest.map(last -> last.next(seq, progress)).orElseGet(() -> Point.first(seq, progress));
        latest = Optional.of(point);
        if (heard++ % every == 0) {
            points.add(point);
        }
        if (points.size() > Limits.POINTS) {
            thin();
        }
    }

    /** Training goes on from an earlier step: what came after it is done again. */
    void goBack(int newAttempt, long fromStep) {
        if (newAttempt < attempt) {
            return;
        }
        attempt = newAttempt;
        if (points.removeIf(point -> point.step() > fromStep)) {
            generation++;
        }
        if (latest.filter(last -> last.step() > fromStep).isPresent()) {
            latest = points.isEmpty() ? Optional.empty() : Optional.of(points.getLast());
        }
    }

    Optional<Point> latest() {
        return latest;
    }

    /** Changes whenever points that were handed out are no longer part of the series. */
    long generation() {
        return generation;
    }

    /** The points of facts after {@code seq}. */
    List<Point> after(long seq) {
        return points.stream().filter(point -> point.seq() > seq).toList();
    }

    private void thin() {
        List<Point> kept = new ArrayList<>();
        for (int i = 0; i < points.size(); i += 2) {
            kept.add(points.get(i));
        }
        points.clear();
        points.addAll(kept);
        every *= 2;
        generation++;
    }
}
