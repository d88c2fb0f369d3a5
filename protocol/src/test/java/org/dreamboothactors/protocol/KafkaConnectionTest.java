package org.dreamboothactors.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaConnectionTest {
    @TempDir
    Path folder = Path.of("");

    private Path file = Path.of("");

    @BeforeEach
    void name() {
        file = folder.resolve("client.properties");
    }

    @Test
    void beginsThePropertiesOfAClientWithWhatTheFileSays() throws IOException {
        Files.writeString(file, """
                # as Kafka's tools take it
                security.protocol=SASL_SSL
                sasl.mechanism = PLAIN
                ssl.truststore.location=/etc/kafka/trust.pem
                """);

        assertThat(KafkaConnection.read("k:9093", file).with(Map.of("acks", "all")))
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "bootstrap.servers", "k:9093",
                        "security.protocol", "SASL_SSL",
                        "sasl.mechanism", "PLAIN",
                        "ssl.truststore.location", "/etc/kafka/trust.pem",
                        "acks", "all"));
    }

    @Test
    void aPlainOneSaysWhereKafkaIsAndNoMore() {
        assertThat(KafkaConnection.plain("k:9092").with(Map.of())).isEqualTo(Map.of("bootstrap.servers", "k:9092"));
    }

    @Test
    void namesEveryKeyThatIsNotOfConnectingSecurely() throws IOException {
        Files.writeString(file, """
                security.protocol=SSL
                security.providers=x.Provider
                client.id=secret
                ssl.key.password=secret
                """);

        assertThatThrownBy(() -> KafkaConnection.read("k:9093", file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Cannot use " + file + ": client.id, security.providers are not of connecting securely,"
                        + " expected security.protocol, sasl.* and ssl.* alone. Remove them: the rest is set for each"
                        + " client, and addresses are given beside the file");
    }

    @Test
    void namesAFileThatIsNotThereOrNoProperties() throws IOException {
        assertThatThrownBy(() -> KafkaConnection.read("k:9093", file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("Cannot read " + file + ": there is no such file");
        assertThatThrownBy(() -> KafkaConnection.read("k:9093", folder))
                .hasMessageStartingWith("Cannot read " + folder);

        Files.writeString(file, "sasl.mechanism=\\uPLAIN");
        assertThatThrownBy(() -> KafkaConnection.read("k:9093", file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("Cannot use " + file + ": ");
    }

    @Test
    void showsNoValues() throws IOException {
        Files.writeString(file, "ssl.key.password=s3cret\nsasl.jaas.config=x required password=\"s3cret\";\n");

        assertThat(KafkaConnection.read("k:9093", file))
                .hasToString("KafkaConnection[k:9093, [sasl.jaas.config, ssl.key.password]]");
    }
}
