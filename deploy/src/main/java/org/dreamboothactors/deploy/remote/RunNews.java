package org.dreamboothactors.deploy.remote;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Function;
import org.dreamboothactors.deploy.remote.Remote.Feed;
import org.dreamboothactors.protocol.v1.RunEvent;

/**
 * Waits for something that is told of a run.
 *
 * @param longest without any news, once what was there at the beginning is read
 */
public record RunNews(Remote remote, InstantSource clock, Duration longest) {
    private static final Duration GLANCE = Duration.ofMillis(500);

    /** The first that an event makes, from the run's beginning; empty when it does not come in time. */
    public <T> Optional<T> first(String runId, Function<RunEvent, Optional<T>> wanted) {
        long left = Long.MAX_VALUE; // other runs' events, before those of this one
        Instant limit = clock.instant().plus(longest);
        try (Feed<RunEvent> events = remote.follow(runId)) {
            while (clock.instant().isBefore(limit)) {
                Optional<T> found = events.next(GLANCE).flatMap(wanted);
                if (found.isPresent()) {
                    return found;
                }
                long leftNow = events.left();
                limit = leftNow < left ? clock.instant().plus(longest) : limit;
                left = leftNow;
            }
        }
        return Optional.empty();
    }
}
