package org.dreamboothactors.deploy.local;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.dreamboothactors.deploy.UsageException;
import org.dreamboothactors.deploy.settings.Settings;
import org.dreamboothactors.storage.StoreSettings;

/** Where data, broker and store are, by the settings. */
public record Places(Settings settings) {

    /** Where a service keeps its data unless it is told otherwise. */
    public static Path usualDataDirectory() {
        return Path.of(System.getProperty("user.home"), ".dreambooth-actors");
    }

    public Path dataDirectory(Path otherwise) {
        return settings.path("data-dir").orElse(otherwise);
    }

    /** A cluster of others; empty: the embedded broker. */
    public Optional<KafkaPlace> kafka() {
        Optional<String> servers = settings.given("bootstrap-servers");
        Optional<Path> config = settings.path("kafka-config")
                .map(file -> file.toAbsolutePath().normalize()); // commands run in other folders
        if (config.isPresent() && servers.isEmpty()) {
            throw new UsageException("Cannot use kafka-config " + config.get()
                    + ": bootstrap-servers is not given, and the embedded broker knows neither TLS nor SASL."
                    + " Give the brokers that the file is for, or leave it out");
        }
        return servers.map(given -> new KafkaPlace(given, config));
    }

    /** A store of others; empty: the embedded one. */
    public Optional<URI> s3Endpoint() {
        return settings.given("s3-endpoint").map(Places::endpoint);
    }

    /** The credentials of the settings; empty when none are given. */
    public Optional<Credentials> credentials() {
        Optional<String> access = settings.given("s3-access-key");
        Optional<String> secret = settings.given("s3-secret-key");
        if (access.isPresent() != secret.isPresent()) {
            throw new UsageException("Cannot use the store: only one of s3-access-key and s3-secret-key is set,"
                    + " expected both or none");
        }
        return access.map(key -> new Credentials(key, secret.orElseThrow()));
    }

    /** The store at an endpoint. */
    public StoreSettings store(URI endpoint, Credentials credentials) {
        return new StoreSettings(
                endpoint,
                settings.text("s3-region"),
                settings.text("s3-bucket"),
                credentials.accessKey(),
                credentials.secretKey(),
                settings.duration("s3-request-timeout"),
                settings.number("s3-attempts", 1, 100));
    }

    /** The store of others that the settings name. */
    public StoreSettings storeOfOthers(URI endpoint) {
        return store(
                endpoint,
                credentials()
                        .orElseThrow(() -> new UsageException("Cannot use the store at " + endpoint
                                + ": no credentials are set, expected s3-access-key and s3-secret-key."
                                + " Set DREAMBOOTH_S3_ACCESS_KEY and DREAMBOOTH_S3_SECRET_KEY")));
    }

    /** How a command reaches the service: as the settings say, or as the service in the data directory left word. */
    public Connection connection() {
        Optional<KafkaPlace> kafka = kafka();
        Optional<URI> endpoint = s3Endpoint();
        if (kafka.isPresent() && endpoint.isPresent()) {
            return new Connection(kafka.get(), storeOfOthers(endpoint.get()), Optional.empty(), Map.of());
        }
        Connection left = Connection.of(dataDirectory(usualDataDirectory()));
        String servers = left.kafka().bootstrapServers();
        if (!kafka.map(KafkaPlace::bootstrapServers).orElse(servers).equals(servers)
                || !endpoint.orElse(left.store().endpoint()).equals(left.store().endpoint())) {
            throw new UsageException("Cannot reach the service: only one of bootstrap-servers and s3-endpoint is given,"
                    + " and it is not that of the service in the data directory. Give both");
        }
        KafkaPlace place = kafka.filter(given -> given.config().isPresent()).orElse(left.kafka());
        return new Connection(place, left.store(), left.dashboard(), left.baseModels());
    }

    private static URI endpoint(String value) {
        try {
            URI uri = new URI(value);
            if (uri.getHost() != null && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
                return uri;
            }
        } catch (URISyntaxException e) {
            throw new UsageException(wrongEndpoint(value), e);
        }
        throw new UsageException(wrongEndpoint(value));
    }

    private static String wrongEndpoint(String value) {
        return "Cannot read setting s3-endpoint: " + value + ", expected a URL such as http://127.0.0.1:9000";
    }
}
