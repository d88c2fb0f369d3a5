package org.dreamboothactors.actors.board;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.dreamboothactors.actors.board.runs.RunSummary;

/**
 * What a browser is sent: everything in a snapshot, what changed in a delta.
 *
 * @param nowMs the server's clock, milliseconds since 1970
 * @param gone ids of runs that are no longer shown
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
record Update(
        long nowMs,
        List<ActorView> actors,
        List<TopicView> topics,
        List<FeedView> feeds,
        List<RunSummary> runs,
        List<String> gone) {
    boolean isEmpty() {
        return actors.isEmpty() && topics.isEmpty() && feeds.isEmpty() && runs.isEmpty() && gone.isEmpty();
    }
}
