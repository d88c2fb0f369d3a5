package org.dreamboothactors.toyworld;

/**
 * One certain thing, the same in every picture of it.
 *
 * @param paint what its colour is called
 * @param base its colour, a shade of {@code paint}
 * @param accent colour of small parts and of the pattern
 * @param girth 0 to 1, slim to stout
 * @param height 0 to 1, low to tall
 */
public record Subject(Thing thing, Paint paint, Rgb base, Rgb accent, Pattern pattern, double girth, double height) {

    /** Pattern and colour as captions say them; a plain thing has its colour only. */
    public String adjectives() {
        return pattern == Pattern.PLAIN ? paint.word() : pattern.word() + " " + paint.word();
    }
}
