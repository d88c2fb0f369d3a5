package org.dreamboothactors.diffusion;

import java.time.Duration;

/**
 * What the last step exchanged with the other ranks.
 *
 * @param waited for sums, after this rank's own gradients were done
 * @param summing that sums took, the ranks' waiting for each other included; what is more than {@code waited} went on
 *     while the reverse pass computed
 * @param summedBytes of gradients
 */
public record Exchange(Duration waited, Duration summing, long summedBytes) {
    /** Of a trainer alone. */
    public static final Exchange NONE = new Exchange(Duration.ZERO, Duration.ZERO, 0);
}
