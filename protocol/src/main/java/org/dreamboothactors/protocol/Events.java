package org.dreamboothactors.protocol;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.Optional;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.jspecify.annotations.Nullable;

/** Starts run events and reads them. */
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

    /** The event that a record holds; empty: none, since anybody may have written it. */
    public static Optional<RunEvent> read(byte @Nullable [] value) {
        try {
            return value == null ? Optional.empty() : Optional.of(RunEvent.parseFrom(value));
        } catch (InvalidProtocolBufferException e) {
            return Optional.empty();
        }
    }
}
