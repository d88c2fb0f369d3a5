package org.dreamboothactors.deploy.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.dreamboothactors.deploy.UsageException;
import org.dreamboothactors.deploy.WithoutWeights;
import org.dreamboothactors.deploy.settings.Settings;
import org.dreamboothactors.protocol.KafkaConnection;
import org.dreamboothactors.storage.StoreSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlacesTest {
    private static final StoreSettings STORE = new StoreSettings(
            URI.create("http://127.0.0.1:9000"), "us-east-1", "b", "access", "s3cret", Duration.ofSeconds(5), 3);

    @TempDir
    Path folder = Path.of("");

    @Test
    void kafkaIsReachedAsTheFileSays() throws IOException {
        Path file = Files.writeString(folder.resolve("client.properties"), "security.protocol=SSL\n");

        KafkaPlace kafka = places(Map.of("bootstrap-servers", "k:9093", "kafka-config", file.toString()))
                .kafka()
                .orElseThrow();

        assertThat(kafka.connection()).isEqualTo(new KafkaConnection("k:9093", Map.of("security.protocol", "SSL")));
        assertThat(places(Map.of("bootstrap-servers", "k:9092")).kafka().map(KafkaPlace::connection))
                .contains(KafkaConnection.plain("k:9092"));
    }

    @Test
    void aFileForTheEmbeddedBrokerIsRefused() {
        assertThatThrownBy(() ->
                        places(Map.of("kafka-config", "/client.properties")).kafka())
                .isInstanceOf(UsageException.class)
                .hasMessage("Cannot use kafka-config /client.properties: bootstrap-servers is not given, and the"
                        + " embedded broker knows neither TLS nor SASL. Give the brokers that the file is for, or"
                        + " leave it out");
    }

    @Test
    void theFileOfTheServiceInTheDataDirectoryIsFound() {
        KafkaPlace secured = new KafkaPlace("k:9093", Optional.of(folder.resolve("client.properties")));
        new Connection(secured, STORE, Optional.empty(), Map.of()).write(folder.resolve(Connection.FILE));

        assertThat(places(Map.of("data-dir", folder.toString())).connection().kafka())
                .isEqualTo(secured);
        assertThat(places(Map.of("data-dir", folder.toString(), "bootstrap-servers", "k:9093"))
                        .connection()
                        .kafka())
                .isEqualTo(secured);
    }

    @Test
    void aFileOfOnesOwnGoesBeforeThatOfTheService() {
        KafkaPlace secured = new KafkaPlace("k:9093", Optional.of(folder.resolve("client.properties")));
        new Connection(secured, STORE, Optional.empty(), Map.of()).write(folder.resolve(Connection.FILE));

        assertThat(places(Map.of(
                                "data-dir",
                                folder.toString(),
                                "bootstrap-servers",
                                "k:9093",
                                "kafka-config",
                                "/mine.properties"))
                        .connection()
                        .kafka()
                        .config())
                .contains(Path.of("/mine.properties"));
    }

    @Test
    void aServiceNamesAFileThatIsNotThereBeforeAnythingIsStarted() throws IOException {
        Path missing = folder.resolve("missing.properties");
        Settings settings = settings(Map.of("bootstrap-servers", "k:9093", "kafka-config", missing.toString()));
        Path model = WithoutWeights.model(folder.resolve("model"));
        Configuration configuration = new Configuration(settings, folder, Optional.of(model));

        try (DataDirectory data = DataDirectory.take(folder.resolve("data"))) {
            assertThatThrownBy(() -> LocalService.start(new Places(settings), configuration, data, _ -> {}))
                    .isInstanceOf(UsageException.class)
                    .hasMessage("Cannot read " + missing + ": there is no such file, expected one of Kafka client"
                            + " properties. The setting kafka-config names it");
        }
        assertThat(folder.resolve("data/s3")).doesNotExist();
    }

    private static Places places(Map<String, String> flags) {
        return new Places(settings(flags));
    }

    private static Settings settings(Map<String, String> flags) {
        return Settings.read(Optional.empty(), Map.of(), flags);
    }
}
