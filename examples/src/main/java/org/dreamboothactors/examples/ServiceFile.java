package org.dreamboothactors.examples;

import java.io.IOException;
import java.io.Reader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import org.dreamboothactors.protocol.DreamBoothClient;
import org.dreamboothactors.protocol.KafkaConnection;
import org.dreamboothactors.storage.StoreSettings;

/** The file {@code connection} that {@code ./dreambooth serve} writes into its data directory. */
record ServiceFile(Properties values) {

    static ServiceFile read(Path file) throws IOException {
        if (!Files.exists(file)) {
            throw new IllegalArgumentException(
                    "Cannot connect: " + file + " does not exist, expected what a running ./dreambooth serve writes");
        }
        Properties values = new Properties();
        try (Reader text = Files.newBufferedReader(file)) {
            values.load(text);
        }
        return new ServiceFile(values);
    }

    DreamBoothClient connect() {
        StoreSettings store = new StoreSettings(
                URI.create(value("s3-endpoint")),
                value("s3-region"),
                value("s3-bucket"),
                value("s3-access-key"),
                value("s3-secret-key"),
                Duration.ofMillis(Long.parseLong(value("s3-request-timeout-ms"))),
                Integer.parseInt(value("s3-attempts")));
        return DreamBoothClient.connect(kafka(), store);
    }

    private KafkaConnection kafka() {
        String servers = value("bootstrap-servers");
        String config = values.getProperty("kafka-config");
        return config == null ? KafkaConnection.plain(servers) : KafkaConnection.read(servers, Path.of(config));
    }

    private String value(String key) {
        String value = values.getProperty(key);
        if (value == null) {
            throw new IllegalArgumentException("Cannot connect: the connection file has no " + key);
        }
        return value;
    }
}
