package org.dreamboothactors.deploy.remote;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.dreamboothactors.deploy.UsageException;
import org.dreamboothactors.protocol.Ids;
import org.dreamboothactors.protocol.v1.RunEvent;

/** Runs that people name. */
public final class NamedRuns {
    private NamedRuns() {}

    /** The run id as given, when it can be one. */
    public static String runId(String given) {
        if (!Ids.isId(given)) {
            throw new UsageException("Cannot look for run " + given + ": expected 1 to 64 of a-z, 0-9 and -,"
                    + " as submit prints it. See ./dreambooth runs");
        }
        return given;
    }

    /** Hands out everything told of a run that exists, up to now. */
    public static void replay(Remote remote, String runId, Consumer<RunEvent> each) {
        AtomicBoolean any = new AtomicBoolean();
        remote.replay(runId, event -> {
            any.set(true);
            each.accept(event);
        });
        if (!any.get()) {
            throw new UsageException("Cannot find run " + runId + ": the service has none of that name,"
                    + " expected one that ./dreambooth runs lists");
        }
    }

    /** What was told of a run that exists, of these kinds only: a long run has an event for each step. */
    public static List<RunEvent> history(Remote remote, String runId, Set<RunEvent.FactCase> kinds) {
        List<RunEvent> events = new ArrayList<>();
        replay(remote, runId, event -> {
            if (kinds.contains(event.getFactCase())) {
                events.add(event);
            }
        });
        return events;
    }

    /** The first of its kind, e.g. the acceptance. */
    public static Optional<RunEvent> first(List<RunEvent> events, RunEvent.FactCase fact) {
        return events.stream().filter(event -> event.getFactCase() == fact).findFirst();
    }
}
