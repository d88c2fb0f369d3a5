package org.dreamboothactors.diffusion;

import java.time.Duration;

/**
 * What the last step exchanged with the other ranks.
 *
 * @param waited for sums, after this rank's own gradients were done
 * @param summedBytes of gradients
 */
public record Exchange(Duration waited, long summedBytes) {
    /** Of a trainer alone. */
    public static final Exchange NONE = new Exchange(Duration.ZERO, 0);
}
