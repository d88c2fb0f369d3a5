package org.dreamboothactors.diffusion.lora;

/**
 * A text that counts how often it is looked at. A regular expression from a stranger's file may try ways without end, and
 * Java's matcher knows no limit of its own.
 */
final class WatchedText implements CharSequence {
    /** Of a layer's name: an honest expression needs some hundreds. */
    private static final int MOST_LOOKS = 1_000_000;

    private final String text;
    private int looks;

    WatchedText(String text) {
        this.text = text;
    }

    /** It was looked at too often. */
    static final class LookedAtTooOften extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    @Override
    public char charAt(int index) {
        looks++;
        if (looks > MOST_LOOKS) {
            throw new LookedAtTooOften();
        }
        return text.charAt(index);
    }

    @Override
    public int length() {
        return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
        return text.subSequence(start, end);
    }

    @Override
    public String toString() {
        return text;
    }
}
