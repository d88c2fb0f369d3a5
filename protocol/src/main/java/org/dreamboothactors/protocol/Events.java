package org.dreamboothactors.protocol;

import org.dreamboothactors.protocol.v1.RunEvent;

/** Starts run events. */
public final class Events {
    private Events() {}

    /**
     * An event without its fact.
     *
     * @param eventId the same whenever the same fact is told; built from the fact's content, e.g. {@code accepted}
     */
    public static RunEvent.Builder event(String runId, String eventId) {
        return RunEvent.newBuilder().setRunId(runId).setEventId(eventId).setAtMs(System.currentTimeMillis());
    }
}
