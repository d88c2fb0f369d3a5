package org.dreamboothactors.deploy.commands;

import java.util.List;
import java.util.Optional;
import org.dreamboothactors.deploy.progress.RunProgress;
import org.dreamboothactors.deploy.progress.RunProgress.Over;
import org.dreamboothactors.protocol.v1.RunEvent;

/** A look at a run's events of the past. */
record RunProgressOf(List<RunEvent> events) {

    /** How the run ended; empty while it goes on. */
    Optional<Over> over() {
        RunProgress progress = new RunProgress();
        return events.stream()
                .flatMap(event -> progress.hear(event).stream())
                .filter(Over.class::isInstance)
                .map(Over.class::cast)
                .findFirst();
    }
}
