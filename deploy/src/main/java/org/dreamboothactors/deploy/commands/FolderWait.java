package org.dreamboothactors.deploy.commands;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.dreamboothactors.deploy.Exit;
import org.dreamboothactors.deploy.remote.Absence;
import org.dreamboothactors.deploy.remote.Remote;
import org.dreamboothactors.deploy.remote.Remote.Feed;
import org.dreamboothactors.deploy.run.RunFolders;
import org.dreamboothactors.protocol.v1.RunEvent;

/** Fills a run's folders on this machine as soon as all is there that belongs into them. */
record FolderWait(Remote remote, InstantSource clock, Consumer<String> tell) {
    private static final Duration GLANCE = Duration.ofSeconds(1);
    /** A group of class images is one event, and may take a slow processor hours. */
    private static final Duration LONGEST_SILENCE = Duration.ofHours(12);

    /** Waits until the run trains, or is over; returns an exit code. */
    int store(String runId, RunFolders folders) {
        List<RunEvent> events = new ArrayList<>();
        Instant lastNews = clock.instant();
        Absence absence = new Absence(clock, tell);
        try (Feed<RunEvent> feed = remote.follow(runId)) {
            while (true) {
                Optional<RunEvent> event = feed.next(GLANCE);
                if (event.isPresent()) {
                    lastNews = clock.instant();
                    absence.heard();
                    events.add(event.get());
                    switch (event.get().getFactCase()) {
                        case TRAINING_STARTED, READY -> {
                            folders.store(events, remote::read);
                            return Exit.DONE;
                        }
                        case REJECTED, FAILED, CANCELLED ->
                            throw new IllegalStateException("Cannot store class images or latents: run " + runId
                                    + " ended without them. See ./dreambooth watch " + runId);
                        default -> {} // not yet
                    }
                    continue;
                }
                Duration silence = Duration.between(lastNews, clock.instant());
                if (silence.compareTo(LONGEST_SILENCE) > 0 || absence.isTooLong(feed, silence)) {
                    throw new IllegalStateException("Cannot store class images or latents: no event of run " + runId
                            + " for " + silence.toMinutes() + " min. Is the service still running?");
                }
            }
        }
    }
}
