package org.dreamboothactors.campaign.processes;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.dreamboothactors.campaign.network.Door;
import org.dreamboothactors.storage.StoreSettings;

/**
 * How a cluster is set up.
 *
 * @param folder of all its data and logs; new
 * @param model base model
 * @param lock how long a work record is locked: the failure detector's patience
 * @param slice how long a run trains before others get their turn
 * @param launcher what nodes are started with in place of the command line's entry point; empty: that
 * @param watch what sees requests to the store pass, given the store itself
 */
public record Plot(
        Path folder,
        Path model,
        Duration lock,
        Duration slice,
        List<String> launcher,
        Function<StoreSettings, Door.Requests> watch) {
    public Plot {
        launcher = List.copyOf(launcher);
    }

    /** The service as it is. */
    public static Plot usual(Path folder, Path model, Duration slice) {
        return new Plot(folder, model, Duration.ofSeconds(10), slice, List.of(), _ -> (_, _) -> {});
    }

    Door.Requests storeRequests(StoreSettings store) {
        return watch.apply(store);
    }
}
