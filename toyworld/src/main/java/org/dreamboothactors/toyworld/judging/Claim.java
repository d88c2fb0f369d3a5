package org.dreamboothactors.toyworld.judging;

import java.util.List;
import java.util.Optional;
import org.dreamboothactors.toyworld.Chance;
import org.dreamboothactors.toyworld.Paint;
import org.dreamboothactors.toyworld.Pattern;
import org.dreamboothactors.toyworld.Place;
import org.dreamboothactors.toyworld.Shot;
import org.dreamboothactors.toyworld.Thing;

/**
 * Something that can be said of a picture, and that is true or false of it.
 *
 * <p>Of a thing without a pattern only its colour is said, so {@link Pattern#PLAIN} claims nothing about a pattern.
 */
public record Claim(Thing thing, Optional<Paint> paint, Optional<Pattern> pattern, Optional<Place> place) {
    /** Many claims leave colour or place out: else a thing alone is hardly ever what makes a claim false. */
    private static final double COLOURED = .6;

    private static final double PLACED = .4;
    private static final List<Pattern> PATTERNS = List.of(Pattern.STRIPED, Pattern.SPOTTED, Pattern.ZIGZAG);

    /** What a prompt says. */
    public static Claim of(Thing thing, Paint paint, Pattern pattern, Place place) {
        return new Claim(
                thing,
                Optional.of(paint),
                pattern == Pattern.PLAIN ? Optional.empty() : Optional.of(pattern),
                Optional.of(place));
    }

    /** All of the truth or some of it. */
    static Claim about(Shot shot, Chance chance) {
        boolean coloured = chance.unit() < COLOURED;
        boolean placed = chance.unit() < PLACED;
        Claim all = of(
                shot.subject().thing(), shot.subject().paint(), shot.subject().pattern(), shot.place());
        return new Claim(
                all.thing,
                coloured ? all.paint : Optional.empty(),
                coloured ? all.pattern : Optional.empty(),
                placed ? all.place : Optional.empty());
    }

    /** The same with one thing said otherwise; of a picture that this is true of, it may still be true. */
    Claim otherwise(Chance chance) {
        return switch (chance.below(10)) { // seldom the place, which is soon learned
            case 0, 1, 2 -> new Claim(chance.oneOf(List.of(Thing.values())), paint, pattern, place);
            case 3, 4, 5, 6 -> new Claim(thing, Optional.of(chance.oneOf(List.of(Paint.values()))), pattern, place);
            case 7 -> new Claim(thing, paint, pattern, Optional.of(chance.oneOf(List.of(Place.values()))));
            default ->
                paint.isEmpty()
                        ? new Claim(chance.oneOf(List.of(Thing.values())), paint, pattern, place)
                        : new Claim(thing, paint, Optional.of(chance.oneOf(PATTERNS)), place);
        };
    }

    boolean trueOf(Shot shot) {
        return thing == shot.subject().thing()
                && paint.map(said -> said == shot.subject().paint()).orElse(true)
                && pattern.map(said -> said == shot.subject().pattern()).orElse(true)
                && place.map(said -> said == shot.place()).orElse(true);
    }

    /** As captions say it: {@code a photo of a striped red teapot in the snow}. */
    public String text() {
        return "a photo of a "
                + pattern.map(said -> said.word() + " ").orElse("")
                + paint.map(said -> said.word() + " ").orElse("")
                + thing.word()
                + place.map(said -> " " + said.phrase()).orElse("");
    }
}
