package org.dreamboothactors.allreduce;

/**
 * Where the numbers of a run lie: ranks with different layouts would add apples to pears.
 *
 * @param floats numbers in all, fp32
 * @param digest of whatever decides what each of them means, up to 128 letters
 */
public record Layout(long floats, String digest) {
    private static final int LONGEST_DIGEST = 128;

    public Layout {
        if (floats < 1 || digest.length() > LONGEST_DIGEST) {
            throw new IllegalArgumentException("Cannot lay out " + floats + " numbers with a digest of "
                    + digest.length() + " letters, expected at least 1 number and at most " + LONGEST_DIGEST
                    + " letters");
        }
    }
}
