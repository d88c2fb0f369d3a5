package org.dreamboothactors.deploy.remote;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;
import org.dreamboothactors.deploy.remote.Remote.Feed;

/** Notices that Kafka is gone while nothing is heard of a run, which may be silent for hours itself. Not thread-safe. */
public final class Absence {
    /** So long nobody may wait for Kafka. */
    public static final Duration LONGEST = Duration.ofMinutes(15);

    private static final Duration ASKED_EVERY = Duration.ofSeconds(30);

    private final InstantSource clock;
    private final Consumer<String> tell;
    private Instant lastAsked;
    private Optional<Instant> since = Optional.empty();

    /** @param tell hears a line when Kafka goes and when it is back */
    public Absence(InstantSource clock, Consumer<String> tell) {
        this.clock = clock;
        this.tell = tell;
        this.lastAsked = clock.instant();
    }

    /** Something came: Kafka is there. */
    public void heard() {
        since.ifPresent(_ -> tell.accept("Kafka answers again"));
        since = Optional.empty();
    }

    /** Whether Kafka has been away for too long; asks it now and then, which may take seconds. */
    public boolean isTooLong(Feed<?> feed, Duration silence) {
        Instant now = clock.instant();
        if (silence.compareTo(ASKED_EVERY) < 0
                || Duration.between(lastAsked, now).compareTo(ASKED_EVERY) < 0) {
            return false;
        }
        lastAsked = now;
        if (feed.answers()) {
            heard();
            return false;
        }
        if (since.isEmpty()) {
            since = Optional.of(now);
            tell.accept("Kafka does not answer; waiting " + LONGEST.toMinutes() + " min for it");
        }
        return Duration.between(since.get(), now).compareTo(LONGEST) > 0;
    }
}
