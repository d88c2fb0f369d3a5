package org.dreamboothactors.actors.board;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** All actors by path, in bounded memory. Not thread-safe: one owner. */
final class ActorViews {
    /** Actors that are shown; beyond, a stopped one makes room, and if there is none the new one is not shown. */
    static final int LIMIT = 500;

    private static final String STOPPED = "stopped";
    private static final String RESTARTING = "restarting";
    private static final int LONGEST_TEXT = 300;

    private final Map<String, ActorView> actors = new LinkedHashMap<>();
    private final Set<String> changed = new LinkedHashSet<>();

    void report(String path, String state, String work, long nowMs) {
        Optional<ActorView> before = Optional.ofNullable(actors.get(path));
        if (before.isEmpty() && !hasRoom()) {
            return;
        }
        boolean sameState = before.map(ActorView::state).filter(state::equals).isPresent();
        int restarts = before.map(ActorView::restarts).orElse(0) + (state.equals(RESTARTING) && !sameState ? 1 : 0);
        long sinceMs = sameState ? before.orElseThrow().sinceMs() : nowMs;
        actors.put(path, new ActorView(path, state, cut(work), sinceMs, restarts));
        changed.add(path);
    }

    List<ActorView> all() {
        return List.copyOf(actors.values());
    }

    List<ActorView> takeChanges() {
        List<ActorView> changes = changed.stream()
                .flatMap(path -> Optional.ofNullable(actors.get(path)).stream())
                .toList();
        changed.clear();
        return changes;
    }

    private boolean hasRoom() {
        if (actors.size() < LIMIT) {
            return true;
        }
        Optional<String> stopped = actors.values().stream()
                .filter(actor -> actor.state().equals(STOPPED))
                .map(ActorView::path)
                .findFirst();
        stopped.ifPresent(actors::remove);
        return stopped.isPresent();
    }

    private static String cut(String work) {
        return work.length() <= LONGEST_TEXT ? work : work.substring(0, LONGEST_TEXT) + "…";
    }
}
