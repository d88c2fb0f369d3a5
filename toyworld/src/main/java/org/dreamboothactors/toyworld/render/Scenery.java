package org.dreamboothactors.toyworld.render;

import org.dreamboothactors.toyworld.Place;
import org.dreamboothactors.toyworld.Rgb;

/**
 * What is around a thing.
 *
 * @param sun colour and strength of the light
 * @param ambient light from everywhere
 */
record Scenery(Place place, Grain grain, Rgb sun, Rgb ambient) {
    private static final Rgb BLACK = new Rgb(0, 0, 0);

    static Scenery of(Place place, int grain) {
        Grain texture = new Grain(grain);
        return switch (place) {
            case GRASS, BEACH, DESERT -> new Scenery(place, texture, new Rgb(.9, .85, .75), new Rgb(.32, .36, .42));
            case SNOW -> new Scenery(place, texture, new Rgb(.62, .62, .64), new Rgb(.46, .49, .55));
            case NIGHT -> new Scenery(place, texture, new Rgb(.5, .54, .66), new Rgb(.17, .19, .28));
            case TABLE, CHECKERED -> new Scenery(place, texture, new Rgb(.8, .77, .7), new Rgb(.38, .37, .36));
            case ROOM -> new Scenery(place, texture, new Rgb(.8, .72, .62), new Rgb(.42, .34, .33));
        };
    }

    /** Colour of the ground at a point. */
    Rgb ground(double x, double z) {
        return switch (place) {
            case GRASS -> {
                double blades = grain.at(17 * x, 9 * z) + .5 * grain.at(31 * x, 17 * z);
                yield new Rgb(.2, .47, .13)
                        .plus(new Rgb(.09, .13, .04).times(.6 * blades + .5 * grain.rough(1.7 * x, 1.7 * z)));
            }
            case BEACH ->
                new Rgb(.9, .79, .57).times(1 + .05 * grain.rough(3 * x, 3 * z) + .05 * grain.at(23 * x, 23 * z));
            case SNOW -> new Rgb(.92, .94, .98).times(1 + .05 * grain.rough(1.3 * x, 1.3 * z));
            case NIGHT -> new Rgb(.13, .15, .24).times(1 + .25 * grain.rough(2 * x, 2 * z));
            case TABLE -> planks(x, z);
            case ROOM -> new Rgb(.5, .07, .08).times(1 + .12 * grain.rough(6 * x, 6 * z));
            case CHECKERED ->
                Math.floorMod((int) Math.floor(1.5 * x) + (int) Math.floor(1.5 * z), 2) == 0
                        ? new Rgb(.9, .9, .9)
                        : new Rgb(.1, .1, .12);
            case DESERT -> {
                double ripple = Grain.wave(1.6 * z + .35 * grain.at(1.1 * x, 1.1 * z));
                yield new Rgb(.93, .5, .2).times(1 + .09 * ripple + .05 * grain.rough(2 * x, 2 * z));
            }
        };
    }

    private Rgb planks(double x, double z) {
        int plank = (int) Math.floor(2.2 * z);
        double within = 2.2 * z - plank;
        double fibres = grain.at(1.2 * x + 5 * grain.corner(plank, 3), 34 * z);
        double tone = 1 + .16 * grain.corner(plank, 9) + .14 * fibres;
        return new Rgb(.44, .24, .11).times(within < .06 ? .5 : tone);
    }

    /** Colour of what is behind, in a direction of length 1 whose y is up. */
    Rgb sky(double x, double y, double z) {
        double up = Math.clamp(2.2 * y, 0, 1);
        return switch (place) {
            case GRASS -> {
                double cloud = Math.clamp(2.2 * grain.rough(5 * x, 12 * y) - .2, 0, 1) * .7;
                yield new Rgb(.72, .86, .97).towards(new Rgb(.3, .58, .93), up).towards(new Rgb(.97, .98, 1), cloud);
            }
            case BEACH ->
                y < .06
                        ? new Rgb(.08, .4, .66).times(1 + .12 * grain.at(9 * x, 90 * y))
                        : new Rgb(.8, .91, .98).towards(new Rgb(.4, .7, .96), up);
            case SNOW -> new Rgb(.83, .87, .92).towards(new Rgb(.66, .74, .86), up);
            case NIGHT ->
                star(x, y) ? new Rgb(.95, .95, .8) : new Rgb(.07, .08, .24).towards(new Rgb(.02, .02, .1), up);
            case TABLE -> new Rgb(.86, .79, .66).towards(new Rgb(.78, .7, .57), up);
            case ROOM -> y < .035 ? new Rgb(.9, .86, .8) : new Rgb(.74, .13, .13).towards(new Rgb(.6, .09, .1), up);
            case CHECKERED -> new Rgb(.66, .7, .76).towards(new Rgb(.55, .6, .67), up);
            case DESERT -> {
                double dune = .035 + .035 * grain.at(2.6 * x + 11, z < 0 ? 3 : 8);
                yield y < dune ? new Rgb(.8, .38, .14) : new Rgb(1, .87, .55).towards(new Rgb(.5, .68, .88), up);
            }
        };
    }

    private boolean star(double x, double y) {
        double cells = 26;
        int cx = (int) Math.floor(cells * x);
        int cy = (int) Math.floor(cells * y);
        double dx = cells * x - cx - .5;
        double dy = cells * y - cy - .5;
        return grain.corner(cx, cy) > .72 && dx * dx + dy * dy < .06;
    }

    /** Light that comes up from the ground. */
    Rgb bounce() {
        return place == Place.NIGHT ? BLACK : ground(.3, .3).times(.25);
    }
}
