package org.dreamboothactors.actors.turns;

import org.dreamboothactors.protocol.v1.Priority;

/** What a priority counts. */
public final class Priorities {
    private Priorities() {}

    /** Higher goes first; what a run does not say, or this version does not know, is normal. */
    public static int weight(Priority priority) {
        return switch (priority) {
            case LOW -> 0;
            case PRIORITY_UNSPECIFIED, NORMAL, UNRECOGNIZED -> 1;
            case HIGH -> 2;
        };
    }
}
