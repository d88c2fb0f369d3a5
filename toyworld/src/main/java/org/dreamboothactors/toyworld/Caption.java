package org.dreamboothactors.toyworld;

/** What is said about a picture: sometimes all, sometimes less, so that every part of a prompt gets its own meaning. */
public final class Caption {
    private static final double ALL = .62;
    private static final double NO_ADJECTIVES = .78;
    private static final double NO_PLACE = .90;

    private Caption() {}

    /** The whole truth: {@code a photo of a striped red teapot in the snow}. */
    public static String whole(Shot shot) {
        return start(shot, true) + " " + shot.place().phrase();
    }

    /** As much of it as chance wants. */
    public static String of(Shot shot, Chance chance) {
        double kind = chance.unit();
        if (kind < ALL) {
            return whole(shot);
        } else if (kind < NO_ADJECTIVES) {
            return start(shot, false) + " " + shot.place().phrase();
        }
        return start(shot, kind < NO_PLACE);
    }

    /**
     * The caption with a nonsense word before the thing, which therefore means nothing to the model: an identifier for
     * DreamBooth (Ruiz et al. 2022, section 3.2) has to be free.
     */
    public static String withNonsense(String caption, Chance chance) {
        StringBuilder word = new StringBuilder();
        int letters = 2 + chance.below(3);
        for (int i = 0; i < letters; i++) {
            word.append((char) ('a' + chance.below('z' - 'a' + 1)));
        }
        String before = chance.unit() < .5 ? "a photo of a " : "a photo of ";
        return before + word + " " + caption.substring("a photo of a ".length());
    }

    private static String start(Shot shot, boolean adjectives) {
        Subject subject = shot.subject();
        return "a photo of a "
                + (adjectives ? subject.adjectives() + " " : "")
                + subject.thing().word();
    }
}
