package org.dreamboothactors.deploy.remote;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.dreamboothactors.deploy.UsageException;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.protocol.v1.RunSpec;
import org.dreamboothactors.protocol.v1.Sampling;

/** What a run's history says about pictures one may ask for. */
public final class SampleRequests {
    /** Of one request. */
    public static final int MOST_PICTURES = 64;

    /** Kinds of events that say it. */
    public static final Set<RunEvent.FactCase> ASKED_OF =
            Set.of(RunEvent.FactCase.ACCEPTED, RunEvent.FactCase.CHECKPOINT_PUBLISHED);

    private static final String BASE = "base";

    private SampleRequests() {}

    /** How the run draws pictures itself; a field that it does not say is left to the service. */
    public static Sampling sampling(List<RunEvent> history) {
        RunSpec spec = accepted(history);
        Sampling.Builder sampling = (spec.hasValidation()
                        ? spec.getValidation().getSampling()
                        : spec.getPrior().getSampling())
                .toBuilder();
        if (sampling.getWidth() == 0) {
            sampling.setWidth(spec.getResolution()).setHeight(spec.getResolution());
        }
        return sampling.build();
    }

    /** The step that a person means: a number, {@code base}, or nothing for the newest checkpoint. */
    public static long step(List<RunEvent> history, String runId, Optional<String> wanted) {
        TreeSet<Long> published = new TreeSet<>();
        history.stream()
                .filter(RunEvent::hasCheckpointPublished)
                .forEach(event -> published.add(event.getCheckpointPublished().getStep()));
        if (wanted.filter(BASE::equals).isPresent()) {
            return 0;
        }
        if (published.isEmpty()) {
            throw new UsageException("Cannot draw with run " + runId
                    + ": it has no checkpoint yet, expected --step base or a run that is ready");
        }
        long step = wanted.map(SampleRequests::number).orElseGet(published::last);
        if (!published.contains(step)) {
            throw new UsageException("Cannot draw with run " + runId + ": it has no checkpoint of step "
                    + wanted.orElse("") + ", expected base or one of " + published);
        }
        return step;
    }

    private static long number(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new UsageException("Cannot read --step " + text + ": expected a number or base", e);
        }
    }

    private static RunSpec accepted(List<RunEvent> history) {
        return NamedRuns.first(history, RunEvent.FactCase.ACCEPTED)
                .map(event -> event.getAccepted().getSpec())
                .orElseThrow(() -> new UsageException(
                        "Cannot draw: the run is not accepted yet, expected one that is. See ./dreambooth runs"));
    }
}
