package org.dreamboothactors.deploy.local;

import java.nio.file.Path;
import java.util.Optional;
import org.dreamboothactors.deploy.UsageException;
import org.dreamboothactors.protocol.KafkaConnection;

/**
 * Where Kafka is, without the passwords: they stay in the file that holds them until someone connects.
 *
 * @param bootstrapServers {@code host:port} separated by commas
 * @param config file of client properties by which one connects securely; empty where the cluster asks for nothing
 */
public record KafkaPlace(String bootstrapServers, Optional<Path> config) {

    /** Reads the file. */
    public KafkaConnection connection() {
        try {
            return config.map(file -> KafkaConnection.read(bootstrapServers, file))
                    .orElseGet(() -> KafkaConnection.plain(bootstrapServers));
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage() + ". The setting kafka-config names it", e);
        }
    }
}
