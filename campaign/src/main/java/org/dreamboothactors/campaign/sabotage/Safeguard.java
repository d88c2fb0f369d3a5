package org.dreamboothactors.campaign.sabotage;

import java.util.List;
import java.util.Locale;
import org.dreamboothactors.campaign.processes.Plot;

/** What keeps a run from going wrong, and can be taken away. */
public enum Safeguard {
    /** A commit is written only where none is. */
    CREATE_ONCE,
    /** Who trains an older attempt stops when a newer one has begun. */
    ATTEMPTS;

    /** For people and options. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** A service without it. */
    public Plot gone(Plot plot) {
        return switch (this) {
            case CREATE_ONCE ->
                new Plot(plot.folder(), plot.model(), plot.lock(), plot.slice(), plot.launcher(), ForgetfulStore::new);
            case ATTEMPTS ->
                new Plot(
                        plot.folder(),
                        plot.model(),
                        plot.lock(),
                        plot.slice(),
                        List.of(WithoutAttempts.class.getName()),
                        plot.watch());
        };
    }
}
