package org.dreamboothactors.actors.board;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.dreamboothactors.protocol.KafkaConnection;
import org.dreamboothactors.storage.ArtifactStore;

/**
 * How the dashboard is served.
 *
 * @param kafka the cluster
 * @param store where the pictures are; not closed by the dashboard
 * @param host address to listen on; {@code 0.0.0.0} or {@code ::} for every one
 * @param names that browsers reach it by beside that address, as behind a proxy
 * @param port 0 takes a free one
 * @param token required from every visitor, also on this machine; never empty
 * @param oldest how long the oldest work of a queue waits, by topic; asked at every look
 * @param dead hears at every look how many records there are in the dead-letter topics, by the topic they were meant for
 * @param figures what the node measures, in Prometheus' text format; asked at every scrape
 */
public record DashboardSettings(
        KafkaConnection kafka,
        ArtifactStore store,
        String host,
        List<String> names,
        int port,
        String token,
        Supplier<Map<String, Duration>> oldest,
        Consumer<Map<String, Long>> dead,
        Supplier<String> figures) {
    public DashboardSettings {
        names = List.copyOf(names);
        if (token.isBlank()) {
            throw new IllegalArgumentException(
                    "Cannot open the dashboard: its token is empty, expected a secret. Without one every web page that"
                            + " a user of this machine visits could read it");
        }
    }

    @Override
    public String toString() {
        return "DashboardSettings[host=" + host + ", port=" + port + "]";
    }
}
