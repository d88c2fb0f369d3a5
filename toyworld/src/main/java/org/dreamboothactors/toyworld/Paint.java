package org.dreamboothactors.toyworld;

import java.util.Locale;

/** The colours that have a name. */
public enum Paint {
    RED(.85, .12, .10),
    ORANGE(.95, .50, .08),
    YELLOW(.95, .85, .15),
    GREEN(.15, .60, .20),
    BLUE(.12, .30, .85),
    PURPLE(.50, .15, .65),
    PINK(.95, .50, .70),
    WHITE(.95, .95, .93),
    BLACK(.08, .08, .09),
    BROWN(.45, .26, .12);

    private final double r;
    private final double g;
    private final double b;

    Paint(double r, double g, double b) {
        this.r = r;
        this.g = g;
        this.b = b;
    }

    public Rgb rgb() {
        return new Rgb(r, g, b);
    }

    /** As captions say it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
