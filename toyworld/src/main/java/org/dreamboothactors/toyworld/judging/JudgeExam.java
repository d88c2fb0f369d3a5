package org.dreamboothactors.toyworld.judging;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.dreamboothactors.diffusion.images.RgbImage;
import org.dreamboothactors.diffusion.judging.Opinion;
import org.dreamboothactors.toyworld.Shot;
import org.dreamboothactors.toyworld.Thing;
import org.dreamboothactors.toyworld.World;
import org.dreamboothactors.toyworld.render.Renderer;

/**
 * What a judge has to know before it judges anything, on renders that nobody trained on.
 *
 * @param reading what it sees in pictures
 * @param sameSubject how often, of a pair that shows one subject and a pair that shows two of a kind, it finds the first
 *     more alike (area under the ROC curve), 0 to 1
 */
public record JudgeExam(Reading reading, double sameSubject) {
    private static final int ROUNDS = 6;
    private static final int SHOTS = 2;

    /** Examines on the world of {@code seed}, which must be none that was trained on. */
    public static JudgeExam sit(Opinion opinion, long seed, int side) {
        World world = World.judging(seed, SHOTS);
        int kinds = Thing.values().length;
        List<Shot> shots =
                IntStream.range(0, ROUNDS * kinds * SHOTS).mapToObj(world::shot).toList();
        List<RgbImage> pictures =
                shots.parallelStream().map(shot -> Renderer.render(shot, side)).toList();
        List<Opinion.Seen> seen = opinion.see(pictures);
        List<Claim> claims = shots.stream()
                .map(shot -> Claim.of(
                        shot.subject().thing(),
                        shot.subject().paint(),
                        shot.subject().pattern(),
                        shot.place()))
                .toList();
        List<Double> same = new ArrayList<>();
        List<Double> other = new ArrayList<>();
        for (int i = 0; i < seen.size(); i++) {
            for (int j = i + 1; j < seen.size(); j++) {
                if (i / SHOTS % kinds == j / SHOTS % kinds) {
                    double alike =
                            Opinion.dot(seen.get(i).identity(), seen.get(j).identity());
                    (i / SHOTS == j / SHOTS ? same : other).add(alike);
                }
            }
        }
        return new JudgeExam(Reading.of(opinion, seen, claims), areaUnderCurve(same, other));
    }

    /** Share of pairs in which the positive has the larger number; equal ones count half. */
    static double areaUnderCurve(List<Double> positives, List<Double> negatives) {
        List<Double> sorted = new ArrayList<>(negatives);
        Collections.sort(sorted);
        double won = 0;
        for (double positive : positives) {
            for (double negative : sorted) {
                if (negative > positive) {
                    break;
                }
                won += negative < positive ? 1 : .5;
            }
        }
        return won / positives.size() / negatives.size();
    }

    @Override
    public String toString() {
        return reading + String.format(Locale.ROOT, "; same subject or another of its kind: AUC %.3f", sameSubject);
    }
}
