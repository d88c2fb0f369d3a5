package org.dreamboothactors.campaign.checks;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.dreamboothactors.campaign.processes.Cluster;
import org.dreamboothactors.protocol.v1.CheckpointReady;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.protocol.v1.RunEvent.FactCase;
import org.dreamboothactors.storage.ArtifactStore;

/**
 * What must hold of a run that is over and a service that is at rest, whatever was done to them.
 *
 * @param steps of the checkpoints that the run publishes
 */
public record Invariants(Cluster cluster, Tape tape, List<Long> steps) {
    private static final List<FactCase> ENDS =
            List.of(FactCase.READY, FactCase.REJECTED, FactCase.FAILED, FactCase.CANCELLED);

    /** The end of a run, as it is told first; empty while it goes on. */
    public static List<FactCase> ends(List<RunEvent> events) {
        return events.stream()
                .map(RunEvent::getFactCase)
                .filter(ENDS::contains)
                .distinct()
                .toList();
    }

    /**
     * What is not at rest yet: work records without a last word, and files of work. They are waited for: an old record may
     * still be refused, and a node that slept learns late that others went on.
     */
    public List<String> unrest() {
        List<String> unrest = new ArrayList<>(new Locks(cluster.bootstrapServers()).left());
        new Leftovers(cluster).check(unrest);
        return unrest;
    }

    /** Sentences, one for each thing that does not hold. */
    public List<String> violations(String run, String digest) {
        List<String> violations = new ArrayList<>();
        List<FactCase> ends = ends(tape.events(run));
        if (!ends.equals(List.of(FactCase.READY))) {
            violations.add("it ended as " + ends + ", expected READY");
        }
        announcements(tape.announced(run), digest, violations);
        tape.deadLetters(run).forEach(topic -> violations.add("a record of it lies in " + topic));
        try (ArtifactStore store = ArtifactStore.open(cluster.storeSettings())) {
            new StoredRun(store, run).check(tape.announced(run), violations);
        }
        return violations;
    }

    private void announcements(List<CheckpointReady> announced, String digest, List<String> violations) {
        List<Long> told =
                announced.stream().map(CheckpointReady::getStep).sorted().toList();
        if (!told.equals(steps)) {
            violations.add("checkpoint-ready was announced for steps " + told + ", expected " + steps);
        }
        String last = announced.stream()
                .filter(CheckpointReady::getLast)
                .map(CheckpointReady::getWeightsSha256)
                .distinct()
                .collect(Collectors.joining(", "));
        if (!digest.isEmpty() && !last.equals(digest)) {
            violations.add("its weights are " + last + ", those of the undisturbed run " + digest);
        }
    }

    /** The digest of a run that nobody disturbed. */
    public String digest(String run) {
        Stream<CheckpointReady> announced = tape.announced(run).stream();
        return announced
                .filter(CheckpointReady::getLast)
                .map(CheckpointReady::getWeightsSha256)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("The undisturbed run has no checkpoint"));
    }
}
