package org.dreamboothactors.protocol;

import java.util.LinkedHashMap;
import java.util.Map;

/** Tells the first of its kind from a repetition. Remembers the newest million. Not thread-safe. */
final class Seen {
    private static final int MOST = 1_000_000;

    private final Map<String, Boolean> known = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > MOST;
        }
    };

    /** Whether this id comes for the first time; without an id everything does. */
    boolean first(String id) {
        return id.isEmpty() || known.put(id, true) == null;
    }
}
