package org.dreamboothactors.toyworld;

import java.util.ArrayList;
import java.util.List;
import org.dreamboothactors.toyworld.Shot.Sun;
import org.dreamboothactors.toyworld.Shot.View;

/**
 * The pictures of a seed, by number: shot {@code i} is the same whichever others are asked for.
 *
 * <p>No subject wears a pair of colours that {@link HeldOut} reserves.
 *
 * @param shotsPerSubject so many in a row show the same subject in different places
 * @param patterns what subjects wear besides {@link Pattern#PLAIN}, which half of them do
 */
public record World(long seed, int shotsPerSubject, List<Pattern> patterns) {
    private static final List<Thing> THINGS = List.of(Thing.values());
    private static final List<Paint> PAINTS = List.of(Paint.values());
    private static final List<Place> PLACES = List.of(Place.values());
    private static final double PLAIN = 0.5;
    private static final double SHADE = 0.03;

    public World {
        patterns = List.copyOf(patterns);
    }

    /** What base models are trained on. */
    public static World training(long seed, int shotsPerSubject) {
        return new World(seed, shotsPerSubject, List.of(Pattern.STRIPED, Pattern.SPOTTED));
    }

    /** With every pattern, for models that judge. */
    public static World judging(long seed, int shotsPerSubject) {
        return new World(seed, shotsPerSubject, List.of(Pattern.STRIPED, Pattern.SPOTTED, Pattern.ZIGZAG));
    }

    /** A picture, {@code index} from 0. */
    public Shot shot(long index) {
        Chance chance = Chance.of(seed, "shot", index);
        long subject = index / shotsPerSubject;
        // The places of a subject begin anywhere and then take turns, so that its pictures share none.
        int first = Chance.of(seed, "place", subject).below(PLACES.size());
        Place place = PLACES.get((int) ((first + 3 * (index % shotsPerSubject)) % PLACES.size()));
        return shot(subject(subject), place, chance);
    }

    /** A picture of a certain subject in a certain place. */
    public static Shot shot(Subject subject, Place place, Chance chance) {
        View view = new View(
                chance.between(-Math.PI, Math.PI),
                chance.between(.14, .46),
                chance.between(2.9, 3.6),
                chance.between(-.18, .18),
                chance.between(-.06, .10),
                chance.below(1 << 20));
        Sun sun = new Sun(chance.between(-.8, .8), chance.between(.8, 1.2), chance.between(.2, .9));
        return new Shot(subject, place, view, sun);
    }

    /** A subject, {@code index} from 0; kinds take turns. */
    public Subject subject(long index) {
        Chance chance = Chance.of(seed, "subject", index);
        Thing thing = THINGS.get((int) (index % THINGS.size()));
        Paint paint = chance.oneOf(PAINTS);
        Pattern pattern = chance.unit() < PLAIN ? Pattern.PLAIN : chance.oneOf(patterns);
        Paint other = chance.oneOf(partners(paint));
        boolean ofOnePiece = pattern == Pattern.PLAIN && chance.unit() < PLAIN;
        Rgb base = shade(paint, chance);
        Rgb accent = ofOnePiece ? base.times(.6) : shade(other, chance);
        return new Subject(thing, paint, base, accent, pattern, chance.unit(), chance.unit());
    }

    private static List<Paint> partners(Paint paint) {
        List<Paint> partners = new ArrayList<>(PAINTS);
        partners.removeIf(other -> other == paint || HeldOut.reserved(paint, other));
        return partners;
    }

    private static Rgb shade(Paint paint, Chance chance) {
        Rgb rgb = paint.rgb();
        return new Rgb(part(rgb.r(), chance), part(rgb.g(), chance), part(rgb.b(), chance));
    }

    private static double part(double value, Chance chance) {
        return Math.clamp(value + SHADE * chance.normal(), 0, 1);
    }
}
