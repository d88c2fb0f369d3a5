package org.dreamboothactors.toyworld.render;

import org.dreamboothactors.toyworld.Rgb;
import org.dreamboothactors.toyworld.Subject;
import org.dreamboothactors.toyworld.shapes.Part.Material;

/** The colour of a subject's surface at a point in its own coordinates. */
record Coat(Subject subject) {
    private static final Rgb DARK = new Rgb(.05, .05, .06);
    private static final Rgb GLASS = new Rgb(.62, .8, .9);
    /** Spots are balls in a lattice; where the surface cuts one there is a spot. */
    private static final double SPOT = .13;

    private static final double LATTICE = .5;
    /** Of a wave, what the second colour covers is above this: a third of it, so that the first one names the thing. */
    private static final double NARROW = .5;

    Rgb at(Material material, double x, double y, double z) {
        return switch (material) {
            case BODY -> covered(x, y, z) ? subject.accent() : subject.base();
            case ACCENT -> subject.accent();
            case DARK -> DARK;
            case GLASS -> GLASS;
        };
    }

    private boolean covered(double x, double y, double z) {
        return switch (subject.pattern()) {
            case PLAIN -> false;
            case STRIPED -> Grain.wave(2.9 * y) > NARROW;
            case SPOTTED -> spot(x, y, z) < SPOT * SPOT || spot(x + .25, y + .25, z + .25) < SPOT * SPOT;
            case ZIGZAG -> Grain.wave(2.2 * y + .5 * Math.abs(Grain.wave(1.1 * (x + z)))) > NARROW;
        };
    }

    /** Squared distance to the nearest point of the lattice. */
    private static double spot(double x, double y, double z) {
        double dx = off(x + .1);
        double dy = off(y);
        double dz = off(z + .05);
        return dx * dx + dy * dy + dz * dz;
    }

    private static double off(double v) {
        return v - LATTICE * Math.rint(v / LATTICE);
    }
}
