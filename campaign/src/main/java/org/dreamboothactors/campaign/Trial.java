package org.dreamboothactors.campaign;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.dreamboothactors.campaign.checks.Invariants;
import org.dreamboothactors.campaign.checks.Tape;
import org.dreamboothactors.campaign.faults.Fault;
import org.dreamboothactors.campaign.faults.Injector;
import org.dreamboothactors.campaign.processes.Cluster;
import org.dreamboothactors.campaign.processes.NodeName;
import org.dreamboothactors.campaign.processes.Signals;
import org.dreamboothactors.protocol.DreamBoothClient;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.protocol.v1.RunEvent.FactCase;
import org.dreamboothactors.storage.ArtifactStore;

/**
 * Some runs at once, and what is done to the service meanwhile. Faults follow the first of them.
 *
 * <p>Waits are counted in looks of a fifth of a second, not by the clock: a machine that sleeps is not in a hurry.
 */
record Trial(Cluster cluster, Tape tape, RunRecipe recipe, List<Path> photos) {
    private static final Duration LOOK = Duration.ofMillis(200);
    private static final int LOOKS_AT_RUN = 5 * 240;
    private static final int LOOKS_AT_UNREST = 5 * 120;

    /** A fault that was done, or not: the run was over first. */
    record Done(Fault fault, Optional<String> what, Duration at) {}

    /** How it went. */
    record Report(String name, List<Done> faults, List<String> violations, Duration length) {}

    /**
     * Runs them and waits until the service is at rest.
     *
     * @param digest of the undisturbed run; empty: not known yet
     */
    Report with(List<String> runs, List<Fault> faults, String digest) {
        long begun = System.nanoTime();
        forgetPictures();
        try (DreamBoothClient client = DreamBoothClient.connect(cluster.bootstrapServers(), cluster.storeSettings())) {
            runs.forEach(run -> client.submit(run, run, photos, recipe.spec()));
        }
        String first = runs.getFirst();
        List<Done> done = new ArrayList<>();
        Injector injector = new Injector(cluster, tape);
        for (Fault fault : faults) {
            if (awaitMoment(first, fault)) {
                Duration at = since(begun);
                done.add(new Done(fault, Optional.of(injector.inject(fault, target(first, fault))), at));
            } else {
                done.add(new Done(fault, Optional.empty(), since(begun)));
            }
        }
        List<String> violations = new ArrayList<>();
        runs.forEach(run -> violations.addAll(awaitEnd(run)));
        injector.awaitHealed();
        cluster.awaitReady();
        Invariants invariants = new Invariants(cluster, tape, recipe.checkpoints());
        violations.addAll(rest(invariants));
        for (String run : runs) {
            invariants.violations(run, digest).forEach(what -> violations.add(run + ": " + what));
        }
        return new Report(first, done, violations, since(begun));
    }

    /** Class images are shared by all runs: every one is to draw its own. */
    private void forgetPictures() {
        try (ArtifactStore store = ArtifactStore.open(cluster.storeSettings())) {
            store.list("class-images/").forEach(store::remove);
        }
    }

    private boolean awaitMoment(String run, Fault fault) {
        for (int look = 0; look < LOOKS_AT_RUN; look++) {
            tape.listen(LOOK);
            List<RunEvent> events = tape.events(run);
            if (!Invariants.ends(events).isEmpty()) {
                return false;
            }
            if (fault.moment().hasCome(events)) {
                Signals.pause(fault.moment().after());
                return true;
            }
        }
        return false;
    }

    /** The node that trains the run, as far as is known, or one of those; before that the one that the dice chose. */
    private NodeName target(String run, Fault fault) {
        List<String> devices = tape.events(run).stream()
                .filter(event -> event.getFactCase() == FactCase.TRAINING_STARTED)
                .map(event -> List.of(event.getTrainingStarted().getDevice().split(", ")))
                .reduce(List.of(), (_, last) -> last);
        if (devices.isEmpty()) {
            return fault.node();
        }
        String device = devices.get(Math.floorMod(fault.seed(), devices.size()));
        return Arrays.stream(NodeName.values())
                .filter(node -> !node.device().isEmpty() && device.startsWith(node.device()))
                .findFirst()
                .orElse(fault.node());
    }

    private List<String> awaitEnd(String run) {
        for (int look = 0; look < LOOKS_AT_RUN; look++) {
            tape.listen(LOOK);
            if (!Invariants.ends(tape.events(run)).isEmpty()) {
                return List.of();
            }
        }
        return List.of(run + " did not end within " + LOOKS_AT_RUN * LOOK.toMillis() / 1000 + " s");
    }

    /** Old records may still be in work, and their answers on their way. */
    private List<String> rest(Invariants invariants) {
        List<String> unrest = invariants.unrest();
        for (int look = 0; look < LOOKS_AT_UNREST && !unrest.isEmpty(); look++) {
            tape.listen(LOOK);
            unrest = invariants.unrest();
        }
        tape.listen(LOOK);
        return unrest;
    }

    private static Duration since(long begun) {
        return Duration.ofNanos(System.nanoTime() - begun);
    }
}
