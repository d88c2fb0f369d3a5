package org.dreamboothactors.actors.board.runs;

import java.util.List;
import java.util.Optional;

/**
 * A run in the list of runs.
 *
 * @param reason why it ended or what it last failed at; empty when there is nothing to say
 * @param maxSteps 0 until the run is accepted
 * @param attempt 0 until training starts
 * @param endedAtMs absent while it goes on
 * @param ranks what the last step that was told of was for each device
 * @param thumbnail its first good photo
 * @param seq grows with every fact of the run
 */
public record RunSummary(
        String id,
        String tenant,
        RunState state,
        boolean over,
        String reason,
        String prompt,
        long requestedAtMs,
        long updatedAtMs,
        Optional<Long> endedAtMs,
        long maxSteps,
        int attempt,
        String device,
        Optional<Point> progress,
        List<Rank> ranks,
        Count photos,
        Count latents,
        Count classImages,
        Optional<Picture> thumbnail,
        long seq) {

    /**
     * One of the devices that train together.
     *
     * @param waitSeconds of the step, waiting for sums after its own gradients were done
     * @param summedBytes of gradients; 0 alone
     * @param peakMemoryBytes most that its process ever held; 0: not known
     */
    public record Rank(String device, double stepSeconds, double waitSeconds, long summedBytes, long peakMemoryBytes) {}

    /**
     * How much of something there is.
     *
     * @param wanted 0 when none is wanted or it is not known yet
     */
    public record Count(long done, long wanted) {}

    /**
     * A PNG in the store.
     *
     * @param sha256 of its content
     */
    public record Picture(String key, String sha256) {}
}
