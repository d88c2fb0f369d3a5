package org.dreamboothactors.actors.board.runs;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.storage.Stored;

/**
 * All runs, folded from their events in bounded memory. Not thread-safe: one owner.
 *
 * <p>A run begins with its request; facts of a run that was never requested, or that was forgotten because there are
 * too many, say nothing.
 */
public final class RunViews {
    private final Map<String, RunView> runs = new LinkedHashMap<>();
    private final Set<String> changed = new LinkedHashSet<>();
    private final List<String> forgotten = new ArrayList<>();

    /**
     * What happened since the last question.
     *
     * @param gone ids of runs that were forgotten
     */
    public record Changes(List<RunSummary> runs, List<String> gone) {}

    /** Takes one fact; whether it said anything new. */
    public boolean hear(RunEvent event) {
        String id = event.getRunId();
        boolean begins = event.hasRequested() || event.hasCancelled(); // a cancellation may overtake its upload
        if (begins && !runs.containsKey(id)) {
            makeRoom();
            runs.put(id, new RunView(id));
        }
        Optional<RunView> run = run(id);
        boolean isNew = run.isPresent() && run.get().hear(event);
        if (isNew) {
            changed.add(id);
        }
        return isNew;
    }

    /** In the order in which the runs were requested. */
    public List<RunSummary> summaries() {
        return runs.values().stream().map(RunView::summary).toList();
    }

    public Optional<RunSummary> summary(String id) {
        return run(id).map(RunView::summary);
    }

    /**
     * The page of a run.
     *
     * @param after {@code seq} of what the reader has; 0 for everything
     * @param generation of the points that the reader has
     */
    public Optional<RunDetail> detail(String id, long after, long generation) {
        return run(id).map(run -> run.detail(after, generation));
    }

    /** The picture of that key, when a fact of some run names it as a picture. */
    public Optional<Stored> picture(String key) {
        return runs.values().stream().flatMap(run -> run.picture(key).stream()).findFirst();
    }

    /** The changes since the last call. */
    public Changes takeChanges() {
        Changes changes =
                new Changes(changed.stream().flatMap(id -> summary(id).stream()).toList(), List.copyOf(forgotten));
        changed.clear();
        forgotten.clear();
        return changes;
    }

    private Optional<RunView> run(String id) {
        return Optional.ofNullable(runs.get(id));
    }

    private void makeRoom() {
        if (runs.size() < Limits.RUNS) {
            return;
        }
        runs.entrySet().stream()
                .min((a, b) -> endedThenOldest(a.getValue(), b.getValue()))
                .map(Map.Entry::getKey)
                .ifPresent(id -> {
                    runs.remove(id);
                    forgotten.add(id);
                });
    }

    private static int endedThenOldest(RunView a, RunView b) {
        int ended = Boolean.compare(b.over(), a.over());
        return ended == 0 ? Long.compare(a.updatedAtMs(), b.updatedAtMs()) : ended;
    }
}
