package org.dreamboothactors.campaign.faults;

import java.time.Duration;
import java.util.List;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.protocol.v1.RunEvent.FactCase;

/**
 * When something is done: a while after a fact of the run.
 *
 * @param fact that has to be told
 * @param step that training has to have reached; 0 for any fact that is not of training
 */
public record Moment(FactCase fact, long step, Duration after) {

    /** Whether the fact is among these. */
    public boolean hasCome(List<RunEvent> events) {
        return events.stream()
                .anyMatch(event ->
                        event.getFactCase() == fact && event.getStepProgress().getStep() >= step);
    }

    @Override
    public String toString() {
        String what = step > 0
                ? "step " + step
                : fact.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
        return what + " + " + after.toMillis() + " ms";
    }
}
