package org.dreamboothactors.toyworld;

import java.util.Locale;

/** The kinds of things there are. */
public enum Thing {
    BALL,
    CUBE,
    MUG,
    TEAPOT,
    DUCK,
    CAR,
    HOUSE,
    TREE,
    ROCKET,
    MUSHROOM,
    ROBOT,
    DONUT,
    BOTTLE,
    CHAIR,
    SNOWMAN,
    FISH;

    /** As captions say it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
