package org.dreamboothactors.deploy.remote;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.dreamboothactors.deploy.UsageException;
import org.dreamboothactors.protocol.v1.RunEvent;

/** Runs that people name. */
public final class NamedRuns {
    private static final Pattern RUN_ID = Pattern.compile("[a-z0-9-]{1,64}");

    private NamedRuns() {}

    /** The run id as given, when it can be one. */
    public static String runId(String given) {
        if (!RUN_ID.matcher(given).matches()) {
            throw new UsageException("Cannot look for run " + given + ": expected 1 to 64 of a-z, 0-9 and -,"
                    + " as submit prints it. See ./dreambooth runs");
        }
        return given;
    }

    /** Everything told of a run that exists. */
    public static List<RunEvent> history(Remote remote, String runId) {
        List<RunEvent> events = remote.history().stream()
                .filter(event -> event.getRunId().equals(runId))
                .toList();
        if (events.isEmpty()) {
            throw new UsageException("Cannot find run " + runId + ": the service has none of that name,"
                    + " expected one that ./dreambooth runs lists");
        }
        return events;
    }

    /** The first of its kind, e.g. the acceptance. */
    public static Optional<RunEvent> first(List<RunEvent> events, RunEvent.FactCase fact) {
        return events.stream().filter(event -> event.getFactCase() == fact).findFirst();
    }
}
