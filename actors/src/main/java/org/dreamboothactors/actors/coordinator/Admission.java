package org.dreamboothactors.actors.coordinator;

import java.util.Optional;
import org.dreamboothactors.actors.turns.TenantLimits;
import org.dreamboothactors.actors.turns.Usage;
import org.dreamboothactors.actors.turns.Usages;
import org.dreamboothactors.protocol.v1.SubjectUpload;

/** Whether a run that was just requested is within its tenant's limits. */
record Admission(Usages usages, TenantLimits limits) {

    /** Whether its photos are to be judged; empty while what the tenant has is not known up to this run. */
    Optional<Decision> of(SubjectUpload upload) {
        Optional<Usage> usage = usages.beside(upload.getRunId());
        return usage.map(has -> limits.complaint(has)
                .<Decision>map(reason -> new Decision.Reject("Cannot accept the run: " + reason))
                .orElseGet(() -> new Decision.Judge(upload)));
    }
}
