package org.dreamboothactors.deploy.local;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;
import org.dreamboothactors.deploy.UsageException;
import org.dreamboothactors.storage.StoreSettings;

/**
 * How other commands reach a running service; lies in its data directory, readable by its owner alone.
 *
 * @param kafka where it is
 * @param store the artifact store, credentials included
 * @param dashboard with its token, for people; empty where it is not known
 * @param baseModels folders by the names under which the service knows them; empty where they are not known
 */
public record Connection(KafkaPlace kafka, StoreSettings store, Optional<URI> dashboard, Map<String, Path> baseModels) {
    static final String FILE = "connection";
    private static final String BASE_MODEL = "base-model.";

    public Connection {
        baseModels = Map.copyOf(baseModels);
    }

    /** Shows no credentials. */
    @Override
    public String toString() {
        return "Connection[" + kafka + ", " + store + "]";
    }

    /** Writes as a whole: a reader sees the old content or the new one. */
    public void write(Path file) {
        Properties values = new Properties();
        values.setProperty("bootstrap-servers", kafka.bootstrapServers());
        kafka.config().ifPresent(config -> values.setProperty("kafka-config", config.toString()));
        values.setProperty("s3-endpoint", store.endpoint().toString());
        values.setProperty("s3-region", store.region());
        values.setProperty("s3-bucket", store.bucket());
        values.setProperty("s3-access-key", store.accessKey());
        values.setProperty("s3-secret-key", store.secretKey());
        values.setProperty(
                "s3-request-timeout-ms", Long.toString(store.requestTimeout().toMillis()));
        values.setProperty("s3-attempts", Integer.toString(store.attempts()));
        dashboard.ifPresent(uri -> values.setProperty("dashboard", uri.toString()));
        baseModels.forEach((name, folder) -> values.setProperty(BASE_MODEL + name, folder.toString()));
        StringWriter text = new StringWriter();
        try {
            values.store(text, null);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a StringWriter does not fail
        }
        OwnerOnlyFile.write(file, text.toString());
    }

    /** Reads what a service under this data directory left. */
    public static Connection of(Path dataDirectory) {
        Path file = dataDirectory.resolve(FILE);
        if (!Files.exists(file)) {
            throw new UsageException("Cannot reach the service: " + file
                    + " does not exist, expected a service running there. Start one with ./dreambooth serve,"
                    + " or name its --data-dir, or --bootstrap-servers and --s3-endpoint");
        }
        Properties values = new Properties();
        try {
            values.load(new StringReader(Files.readString(file)));
            Optional<URI> dashboard =
                    Optional.ofNullable(values.getProperty("dashboard")).map(URI::create);
            StoreSettings store = new StoreSettings(
                    URI.create(wanted(values, file, "s3-endpoint")),
                    wanted(values, file, "s3-region"),
                    wanted(values, file, "s3-bucket"),
                    wanted(values, file, "s3-access-key"),
                    wanted(values, file, "s3-secret-key"),
                    Duration.ofMillis(Long.parseLong(wanted(values, file, "s3-request-timeout-ms"))),
                    Integer.parseInt(wanted(values, file, "s3-attempts")));
            KafkaPlace kafka = new KafkaPlace(
                    wanted(values, file, "bootstrap-servers"),
                    Optional.ofNullable(values.getProperty("kafka-config")).map(Path::of));
            return new Connection(kafka, store, dashboard, baseModels(values));
        } catch (IOException | IllegalArgumentException e) {
            throw new UsageException(
                    "Cannot read " + file + ": " + e.getMessage()
                            + ", expected what serve writes. Start the service again",
                    e);
        }
    }

    private static Map<String, Path> baseModels(Properties values) {
        return values.stringPropertyNames().stream()
                .filter(key -> key.startsWith(BASE_MODEL))
                .collect(Collectors.toMap(
                        key -> key.substring(BASE_MODEL.length()), key -> Path.of(values.getProperty(key, ""))));
    }

    private static String wanted(Properties values, Path file, String key) {
        String value = values.getProperty(key);
        if (value == null) {
            throw new UsageException("Cannot read " + file + ": it has no " + key + ". Start the service again");
        }
        return value;
    }
}
