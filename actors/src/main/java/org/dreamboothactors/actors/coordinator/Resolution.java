package org.dreamboothactors.actors.coordinator;

import org.dreamboothactors.protocol.v1.RunSpec;

/** What became of a run description. */
sealed interface Resolution {

    /** Every default is filled in and every number is within its limits. */
    record Resolved(RunSpec spec, String baseModelDigest) implements Resolution {}

    record Refused(String reason) implements Resolution {}
}
