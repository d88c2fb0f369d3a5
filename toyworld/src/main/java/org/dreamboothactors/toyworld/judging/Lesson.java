package org.dreamboothactors.toyworld.judging;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.dreamboothactors.diffusion.images.RgbImage;
import org.dreamboothactors.diffusion.training.JudgeTraining;
import org.dreamboothactors.toyworld.Chance;
import org.dreamboothactors.toyworld.Shot;
import org.dreamboothactors.toyworld.Thing;
import org.dreamboothactors.toyworld.World;

/**
 * What a judge sees in a step: few kinds of things and several subjects of each, every subject twice, so that a subject
 * is told from others of its kind; with claims that are true, and claims that are all but true.
 *
 * @param world with two shots of a subject in a row
 * @param pictures how many shots there are
 * @param kinds of things in a step
 * @param subjects of a kind in a step
 */
public record Lesson(World world, int pictures, long seed, int kinds, int subjects) {
    private static final int SHOTS = 2;
    private static final double BLURRED = .5;
    private static final int OTHERWISE = 2;

    /** The step after {@code step} others. */
    public JudgeTraining.Batch of(long step, IntFunction<RgbImage> picture, Function<String, long[]> ids) {
        Chance chance = Chance.of(seed, "lesson", step);
        int rounds = pictures / SHOTS / Thing.values().length;
        List<Integer> shown = new ArrayList<>();
        for (int kind = 0; kind < kinds; kind++) {
            int thing = chance.below(Thing.values().length);
            for (int subject = 0; subject < subjects; subject++) {
                int number = chance.below(rounds) * Thing.values().length + thing;
                for (int shot = 0; shot < SHOTS; shot++) {
                    shown.add(number * SHOTS + shot);
                }
            }
        }
        List<Shot> shots = shown.stream().map(world::shot).toList();
        List<Claim> claims = new ArrayList<>();
        for (Shot shot : shots) {
            Claim claim = Claim.about(shot, chance);
            claims.add(claim);
            for (int i = 0; i < OTHERWISE; i++) {
                claims.add(claim.otherwise(chance));
            }
        }
        float[] truth = new float[shots.size() * claims.size()];
        for (int i = 0; i < truth.length; i++) {
            truth[i] = claims.get(i % claims.size()).trueOf(shots.get(i / claims.size())) ? 1 : -1;
        }
        List<RgbImage> seen = shown.stream()
                .map(number -> chance.unit() < BLURRED ? Blur.of(picture.apply(number)) : picture.apply(number))
                .toList();
        return new JudgeTraining.Batch(
                seen,
                claims.stream().map(claim -> ids.apply(claim.text())).toList(),
                truth,
                shown.stream().mapToLong(number -> number / SHOTS).toArray());
    }
}
