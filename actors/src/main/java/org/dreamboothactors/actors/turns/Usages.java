package org.dreamboothactors.actors.turns;

import java.util.Optional;

/** Knows what tenants have. Any thread may ask; the answer may be a moment old. */
@FunctionalInterface
public interface Usages {

    /** What the tenant of an open run has beside it; empty when the run is not known here yet. */
    Optional<Usage> beside(String runId);
}
