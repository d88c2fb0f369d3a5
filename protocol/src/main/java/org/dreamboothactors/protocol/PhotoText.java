package org.dreamboothactors.protocol;

import java.util.Locale;
import java.util.Optional;
import org.dreamboothactors.protocol.v1.PhotoJudged;
import org.dreamboothactors.protocol.v1.PhotoVerdict;

/** A verdict on a picture of an upload, in one line for people. */
public final class PhotoText {
    private PhotoText() {}

    /**
     * E.g. {@code photo 3 (front.jpg) accepted, 640x480} or {@code class image (7.png) too_small: ...}. Empty for a class
     * image that is accepted: they can be a thousand.
     */
    public static Optional<String> of(PhotoJudged photo) {
        boolean accepted = photo.getVerdict() == PhotoVerdict.ACCEPTED;
        if (accepted && photo.getOfClass()) {
            return Optional.empty();
        }
        String kind = photo.getOfClass() ? "class image" : "photo " + (photo.getIndex() + 1);
        return Optional.of(kind + " (" + photo.getName() + ") "
                + (accepted
                        ? "accepted, " + photo.getWidth() + "x" + photo.getHeight()
                        : verdict(photo.getVerdict()) + ": " + photo.getReason()));
    }

    /** E.g. {@code too_small}. */
    public static String verdict(PhotoVerdict verdict) {
        return verdict.name().toLowerCase(Locale.ROOT);
    }
}
