package org.dreamboothactors.deploy.run;

import java.util.Locale;
import java.util.Optional;
import org.dreamboothactors.protocol.v1.Priority;

/** Priorities as people write them. */
final class Priorities {
    private Priorities() {}

    /** Empty for what is none. */
    static Optional<Priority> named(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "low" -> Optional.of(Priority.LOW);
            case "normal" -> Optional.of(Priority.NORMAL);
            case "high" -> Optional.of(Priority.HIGH);
            default -> Optional.empty();
        };
    }
}
