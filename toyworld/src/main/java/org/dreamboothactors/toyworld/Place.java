package org.dreamboothactors.toyworld;

/** Where things stand. */
public enum Place {
    GRASS("on green grass"),
    BEACH("on a sandy beach"),
    SNOW("in the snow"),
    NIGHT("at night"),
    TABLE("on a wooden table"),
    ROOM("in a red room"),
    CHECKERED("on a checkered floor"),
    DESERT("in the desert");

    private final String phrase;

    Place(String phrase) {
        this.phrase = phrase;
    }

    /** As captions say it. */
    public String phrase() {
        return phrase;
    }
}
