package org.dreamboothactors.deploy.progress;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;

/** Time since a beginning, in front of a line. */
public final class Elapsed {
    private Elapsed() {}

    public static String prefix(Instant begin, InstantSource clock) {
        long millis = Duration.between(begin, clock.instant()).toMillis();
        return String.format(Locale.ROOT, "%6.1f s  ", millis / 1000.0);
    }
}
