package org.dreamboothactors.toyworld.judging;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.dreamboothactors.diffusion.judging.Opinion;
import org.dreamboothactors.toyworld.Paint;
import org.dreamboothactors.toyworld.Place;
import org.dreamboothactors.toyworld.Thing;

/**
 * How often the judge sees in pictures what they should show.
 *
 * @param things shares of pictures, 0 to 1, whose kind of thing is right among all kinds
 * @param paints the same of colours
 * @param places the same of places
 */
public record Reading(double things, double paints, double places) {
    private static final List<Thing> THINGS = List.of(Thing.values());
    private static final List<Paint> PAINTS = List.of(Paint.values());
    private static final List<Place> PLACES = List.of(Place.values());

    /** Reads pictures; {@code claims} says of each what it should show, all of it. */
    public static Reading of(Opinion opinion, List<Opinion.Seen> pictures, List<Claim> claims) {
        int things = 0;
        int paints = 0;
        int places = 0;
        List<float[]> kinds = opinion.read(THINGS.stream()
                .map(thing -> new Claim(thing, Optional.empty(), Optional.empty(), Optional.empty()).text())
                .toList());
        for (int i = 0; i < claims.size(); i++) {
            Claim claim = claims.get(i);
            float[] seen = pictures.get(i).match();
            List<String> texts = new ArrayList<>();
            for (Paint paint : PAINTS) {
                texts.add(new Claim(claim.thing(), Optional.of(paint), Optional.empty(), Optional.empty()).text());
            }
            for (Place place : PLACES) {
                texts.add(new Claim(claim.thing(), Optional.empty(), Optional.empty(), Optional.of(place)).text());
            }
            List<float[]> read = opinion.read(texts);
            int colours = PAINTS.size();
            things += THINGS.get(Opinion.best(seen, kinds)) == claim.thing() ? 1 : 0;
            paints += Optional.of(PAINTS.get(Opinion.best(seen, read.subList(0, colours))))
                            .equals(claim.paint())
                    ? 1
                    : 0;
            places += Optional.of(PLACES.get(Opinion.best(seen, read.subList(colours, read.size()))))
                            .equals(claim.place())
                    ? 1
                    : 0;
        }
        double all = claims.size();
        return new Reading(things / all, paints / all, places / all);
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT, "thing %.1f %%, colour %.1f %%, place %.1f %%", 100 * things, 100 * paints, 100 * places);
    }
}
