package org.dreamboothactors.deploy.progress;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;
import org.dreamboothactors.deploy.local.StopSignal;
import org.dreamboothactors.deploy.progress.RunProgress.Ending;
import org.dreamboothactors.deploy.progress.RunProgress.Over;
import org.dreamboothactors.deploy.remote.Absence;
import org.dreamboothactors.deploy.remote.Remote.Feed;
import org.dreamboothactors.protocol.v1.RunEvent;

/** Shows a run on a screen until it is over. */
public final class RunWatch {
    private static final Duration GLANCE = Duration.ofMillis(300);
    private static final Duration QUIET = Duration.ofSeconds(2);

    /** How watching ended. */
    public sealed interface End {}

    public record RunOver(Ending ending) implements End {}

    public record Stopped() implements End {}

    /** No event came for as long as was allowed, or Kafka was away for too long. */
    public record NoNews(Duration time, boolean sinceTheBeginning) implements End {}

    /**
     * How long nothing may be heard.
     *
     * @param first before the first event: a run that does not exist has none
     * @param later between events
     */
    public record Patience(Duration first, Duration later) {}

    private final Screen screen;
    private final StopSignal stop;
    private final InstantSource clock;
    private final Instant begin;
    private final boolean elapsed;

    private RunWatch(Screen screen, StopSignal stop, InstantSource clock, Instant begin, boolean elapsed) {
        this.screen = screen;
        this.stop = stop;
        this.clock = clock;
        this.begin = begin;
        this.elapsed = elapsed;
    }

    /** Lines as they are. */
    public static RunWatch plain(Screen screen, StopSignal stop, InstantSource clock) {
        return new RunWatch(screen, stop, clock, clock.instant(), false);
    }

    /** Lines with the seconds since {@code begin} before them. */
    public static RunWatch since(Instant begin, Screen screen, StopSignal stop, InstantSource clock) {
        return new RunWatch(screen, stop, clock, begin, true);
    }

    /** Shows what comes; {@code alsoTold} hears every event. */
    public End watch(Feed<RunEvent> events, Patience patience, Consumer<RunEvent> alsoTold) {
        RunProgress progress = new RunProgress();
        Instant lastNews = clock.instant();
        boolean any = false;
        long left = Long.MAX_VALUE;
        Absence absence = new Absence(clock, line -> screen.print(prefix() + line));
        while (!stop.given()) {
            Optional<RunEvent> event = events.next(GLANCE);
            Instant now = clock.instant();
            if (event.isEmpty()) {
                long leftNow = any ? 0 : events.left();
                lastNews = leftNow < left ? now : lastNews; // other runs' events are before those of this one
                left = leftNow;
                Duration silence = Duration.between(lastNews, now);
                Duration limit = any ? patience.later() : patience.first();
                if (silence.compareTo(limit) > 0) {
                    return new NoNews(limit, !any);
                }
                if (any && absence.isTooLong(events, silence)) {
                    return new NoNews(Absence.LONGEST, false);
                }
                if (silence.compareTo(QUIET) > 0) {
                    screen.idle(prefix() + progress.doing() + ", " + Spans.text(silence));
                }
                continue;
            }
            any = true;
            lastNews = now;
            absence.heard();
            alsoTold.accept(event.get());
            Optional<RunProgress.Line> line = progress.hear(event.get());
            line.ifPresent(shown -> screen.show(prefix(), shown));
            if (line.isPresent() && line.get() instanceof Over(var _, var ending)) {
                return new RunOver(ending);
            }
        }
        return new Stopped();
    }

    private String prefix() {
        return elapsed ? Elapsed.prefix(begin, clock) : "";
    }
}
