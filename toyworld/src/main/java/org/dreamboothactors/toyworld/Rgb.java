package org.dreamboothactors.toyworld;

/** A colour as light, before it is brightened for the eye; each part about 0 to 1. */
public record Rgb(double r, double g, double b) {

    /** Every part times {@code factor}. */
    public Rgb times(double factor) {
        return new Rgb(r * factor, g * factor, b * factor);
    }

    /** Part by part: what is left of light of this colour on a surface of the other. */
    public Rgb times(Rgb other) {
        return new Rgb(r * other.r, g * other.g, b * other.b);
    }

    public Rgb plus(Rgb other) {
        return new Rgb(r + other.r, g + other.g, b + other.b);
    }

    /** {@code share} of the way to {@code other}, 0 to 1. */
    public Rgb towards(Rgb other, double share) {
        return times(1 - share).plus(other.times(share));
    }
}
