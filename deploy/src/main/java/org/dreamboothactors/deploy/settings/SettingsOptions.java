package org.dreamboothactors.deploy.settings;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The flags by which a command's settings are given. */
public final class SettingsOptions {
    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "settings file, made from what ./dreambooth settings prints (DREAMBOOTH_CONFIG, else none)")
    Optional<Path> config = Optional.empty();

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "one setting; wins over environment and file; may be repeated")
    Map<String, String> values = new LinkedHashMap<>();

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description =
                    "folder of the one-machine service (~/.dreambooth-actors; that of demo: DREAMBOOTH/.dreambooth/demo)")
    Optional<String> dataDirectory = Optional.empty();

    @Option(
            names = "--bootstrap-servers",
            paramLabel = "HOST:PORT",
            description = "Kafka brokers, separated by commas (the data directory's own)")
    Optional<String> bootstrapServers = Optional.empty();

    @Option(
            names = "--kafka-config",
            paramLabel = "FILE",
            description = "how to connect to these brokers by TLS or SASL: a Kafka client properties file (none)")
    Optional<String> kafkaConfig = Optional.empty();

    @Option(
            names = "--s3-endpoint",
            paramLabel = "URL",
            description = "S3-compatible store (the data directory's own); its keys come from the settings"
                    + " s3-access-key and s3-secret-key, best by DREAMBOOTH_S3_ACCESS_KEY and DREAMBOOTH_S3_SECRET_KEY")
    Optional<String> s3Endpoint = Optional.empty();

    /** Merges flags, environment, file and defaults. */
    public Settings read(Map<String, String> environment) {
        Map<String, String> flags = new LinkedHashMap<>(values);
        dataDirectory.ifPresent(value -> flags.put("data-dir", value));
        bootstrapServers.ifPresent(value -> flags.put("bootstrap-servers", value));
        kafkaConfig.ifPresent(value -> flags.put("kafka-config", value));
        s3Endpoint.ifPresent(value -> flags.put("s3-endpoint", value));
        return Settings.read(config, environment, flags);
    }
}
