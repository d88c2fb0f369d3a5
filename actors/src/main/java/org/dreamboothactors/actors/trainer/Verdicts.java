package org.dreamboothactors.actors.trainer;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.dreamboothactors.actors.work.RunFolders;
import org.dreamboothactors.protocol.v1.TrainRequest;
import org.dreamboothactors.protocol.v1.Verdict;
import org.dreamboothactors.storage.ArtifactStore;
import org.dreamboothactors.storage.StorageException;

/**
 * What the judge has said of a run, by step, and where training ends because of it.
 *
 * <p>Kept in the store beside the run's commits, so that whoever goes on with the run knows it. The first verdict on a step
 * stays. Owned by the training thread.
 */
final class Verdicts {
    private static final int LARGEST = 1 << 16;

    private final ArtifactStore store;
    private final String prefix;
    private final long maxSteps;
    private final int stopAfter;
    private final SortedMap<Long, Verdict> byStep = new TreeMap<>();

    private Verdicts(ArtifactStore store, TrainRequest request) {
        this.store = store;
        prefix = RunFolders.commits(request.getRunId()) + "verdicts/";
        maxSteps = RunInWork.maxSteps(request);
        stopAfter = request.getSpec().getValidation().getStopAfter();
    }

    /** Those of a run. */
    static Verdicts of(ArtifactStore store, TrainRequest request) {
        Verdicts verdicts = new Verdicts(store, request);
        if (request.getSpec().hasValidation()) {
            store.list(verdicts.prefix).forEach(verdicts::read);
        }
        return verdicts;
    }

    /** What was said of a step, in this try or an earlier one. */
    Optional<Verdict> of(long step) {
        return Optional.ofNullable(byStep.get(step));
    }

    /** Keeps a verdict; gives the one that stays. */
    Verdict keep(long step, Verdict verdict) {
        String key = prefix + String.format(Locale.ROOT, "%08d", step);
        if (store.createOnce(key, verdict.toByteArray())) {
            byStep.put(step, verdict);
        } else {
            read(key);
        }
        return byStep.getOrDefault(step, verdict);
    }

    /** Of the base model, when it was judged. */
    Optional<Verdict> base() {
        return of(0).filter(Verdict::hasScores);
    }

    /** The step after which the run is done: when it got worse for as long as its description bears, or its last. */
    long lastStep() {
        double best = Double.NEGATIVE_INFINITY;
        int worse = 0;
        for (Map.Entry<Long, Verdict> verdict : byStep.tailMap(1L).entrySet()) {
            if (verdict.getValue().hasScores()) {
                double gain = verdict.getValue().getGain();
                worse = gain >= best ? 0 : worse + 1;
                best = Math.max(best, gain);
            }
            if (stopAfter > 0 && worse == stopAfter) {
                return verdict.getKey();
            }
        }
        return maxSteps;
    }

    private void read(String key) {
        try {
            byStep.put(Long.parseLong(key.substring(prefix.length())), Verdict.parseFrom(store.read(key, LARGEST)));
        } catch (InvalidProtocolBufferException | NumberFormatException e) {
            throw new StorageException(
                    "Cannot read verdict " + key + ": " + e.getMessage()
                            + ". Remove the object: the step then counts as not judged",
                    e);
        }
    }
}
