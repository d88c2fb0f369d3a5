package org.dreamboothactors.deploy.remote;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.dreamboothactors.deploy.local.StopSignal;
import org.dreamboothactors.deploy.remote.Remote.Feed;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.protocol.v1.SamplesReady;

/** Waits for the pictures that were asked for. */
public record Answers(StopSignal stop, InstantSource clock, Consumer<Duration> waiting) {
    private static final Duration GLANCE = Duration.ofMillis(300);
    /** Stable Diffusion 1.5 takes a few minutes on two cores, and there are larger and slower ones. */
    private static final Duration LONGEST_A_PICTURE = Duration.ofMinutes(30);

    /** How long an answer may take: it comes when all its pictures are drawn. */
    public static Duration patience(int pictures) {
        return LONGEST_A_PICTURE.multipliedBy(pictures);
    }

    /**
     * The answers by request id; empty when a stop signal came first.
     *
     * @param atMost without any of them
     */
    public Optional<Map<String, SamplesReady>> await(Feed<RunEvent> events, Set<String> requests, Duration atMost) {
        Map<String, SamplesReady> answers = new HashMap<>();
        Instant lastNews = clock.instant();
        while (!answers.keySet().containsAll(requests)) {
            if (stop.given()) {
                return Optional.empty();
            }
            Optional<RunEvent> event = events.next(GLANCE);
            Duration silence = Duration.between(lastNews, clock.instant());
            if (silence.compareTo(atMost) > 0) {
                throw new IllegalStateException("Cannot bring the pictures: no answer within " + atMost.toSeconds()
                        + " s. Is the service still running?");
            }
            if (event.isEmpty()) {
                waiting.accept(silence);
            } else if (requests.contains(event.get().getSamplesReady().getRequestId())) {
                lastNews = clock.instant();
                SamplesReady answer = event.get().getSamplesReady();
                answers.put(answer.getRequestId(), answer);
            } else if (requests.contains(event.get().getWorkFailed().getRequestId())) {
                throw new IllegalStateException("Cannot bring the pictures: "
                        + event.get().getWorkFailed().getReason());
            }
        }
        return Optional.of(answers);
    }
}
