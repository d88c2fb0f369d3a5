package org.dreamboothactors.toyworld;

import java.util.List;
import java.util.Set;

/**
 * Subjects that no training shows: each wears a pair of colours that {@link World} never puts together, most of them in a
 * pattern that base models never see. They are for demos, and for measuring what personalisation adds.
 */
public final class HeldOut {
    private static final Set<Set<Paint>> RESERVED = Set.of(
            Set.of(Paint.PURPLE, Paint.YELLOW),
            Set.of(Paint.BLUE, Paint.WHITE),
            Set.of(Paint.PINK, Paint.GREEN),
            Set.of(Paint.ORANGE, Paint.BLACK),
            Set.of(Paint.RED, Paint.WHITE));

    private static final List<Subject> SUBJECTS = List.of(
            subject(Thing.TEAPOT, Paint.PURPLE, Paint.YELLOW, Pattern.ZIGZAG, .9, .1),
            subject(Thing.ROBOT, Paint.GREEN, Paint.PINK, Pattern.ZIGZAG, .3, .8),
            subject(Thing.FISH, Paint.WHITE, Paint.BLUE, Pattern.ZIGZAG, .8, .9),
            subject(Thing.MUG, Paint.ORANGE, Paint.BLACK, Pattern.ZIGZAG, .6, .5),
            subject(Thing.CAR, Paint.YELLOW, Paint.PURPLE, Pattern.ZIGZAG, .2, .7),
            subject(Thing.MUSHROOM, Paint.RED, Paint.WHITE, Pattern.ZIGZAG, .7, .6),
            subject(Thing.DUCK, Paint.BLUE, Paint.WHITE, Pattern.SPOTTED, .5, .3),
            subject(Thing.HOUSE, Paint.PINK, Paint.GREEN, Pattern.STRIPED, .4, .6),
            subject(Thing.BOTTLE, Paint.BLACK, Paint.ORANGE, Pattern.STRIPED, .8, .4),
            subject(Thing.SNOWMAN, Paint.WHITE, Paint.RED, Pattern.SPOTTED, .5, .5));

    private HeldOut() {}

    /** Whether training keeps two colours apart, in either order. */
    public static boolean reserved(Paint one, Paint other) {
        return one != other && RESERVED.contains(Set.of(one, other));
    }

    public static List<Subject> subjects() {
        return SUBJECTS;
    }

    private static Subject subject(
            Thing thing, Paint base, Paint accent, Pattern pattern, double girth, double height) {
        return new Subject(thing, base, base.rgb(), accent.rgb(), pattern, girth, height);
    }
}
