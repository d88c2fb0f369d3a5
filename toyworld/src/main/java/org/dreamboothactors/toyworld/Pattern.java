package org.dreamboothactors.toyworld;

import java.util.Locale;

/** How the second colour lies on the first. */
public enum Pattern {
    PLAIN,
    STRIPED,
    SPOTTED,
    /** Never shown to a base model in training: only held-out subjects wear it. */
    ZIGZAG;

    /** As captions say it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
