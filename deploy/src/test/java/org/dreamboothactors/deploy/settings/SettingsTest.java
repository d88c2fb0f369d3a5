package org.dreamboothactors.deploy.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.dreamboothactors.deploy.UsageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {
    @TempDir
    Path folder = Path.of("");

    @Test
    void flagWinsOverEnvironmentOverFileOverDefault() throws IOException {
        Path file = Files.writeString(folder.resolve("s.yaml"), "s3-bucket: file\ns3-region: file\nkafka-port: 9092\n");

        Settings settings = Settings.read(
                Optional.of(file),
                Map.of("DREAMBOOTH_S3_BUCKET", "env", "DREAMBOOTH_S3_REGION", "env", "PATH", "/bin"),
                Map.of("s3-bucket", "flag"));

        assertThat(settings.text("s3-bucket")).isEqualTo("flag");
        assertThat(settings.text("s3-region")).isEqualTo("env");
        assertThat(settings.number("kafka-port", 0, 65535)).isEqualTo(9092);
        assertThat(settings.duration("max-commit-interval")).isEqualTo(Duration.ofMinutes(10));
    }

    @Test
    void knowsTheHomeFolder() {
        Settings settings =
                Settings.read(Optional.empty(), Map.of(), Map.of("data-dir", "~/d", "kafka-config", "~x/c"));

        assertThat(settings.path("data-dir")).contains(Path.of(System.getProperty("user.home"), "d"));
        assertThat(settings.path("kafka-config")).contains(Path.of("~x/c"));
        assertThat(settings.path("s3-endpoint")).isEmpty();
    }

    @Test
    void namesTheNearestKeyForAnUnknownOne() {
        assertThatThrownBy(() -> Settings.read(Optional.empty(), Map.of("DREAMBOOTH_S3_BUKET", "x"), Map.of()))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("unknown key s3-buket")
                .hasMessageContaining("Did you mean s3-bucket?");
    }

    @Test
    void passesOverWhatKubernetesSaysOfAServiceOfThisName() {
        Map<String, String> links = Map.of(
                "DREAMBOOTH_SERVICE_HOST", "10.0.0.1",
                "DREAMBOOTH_SERVICE_PORT", "80",
                "DREAMBOOTH_SERVICE_PORT_DASHBOARD", "80",
                "DREAMBOOTH_PORT", "tcp://10.0.0.1:80",
                "DREAMBOOTH_PORT_80_TCP_ADDR", "10.0.0.1");

        assertThat(Settings.read(Optional.empty(), links, Map.of()).text("s3-bucket"))
                .isEqualTo("dreambooth");
        for (String other : List.of("DREAMBOOTH_SERVICE_HOSTS", "DREAMBOOTH_PORTS", "DREAMBOOTH_SERVICE")) {
            assertThatThrownBy(() -> Settings.read(Optional.empty(), Map.of(other, "x"), Map.of()))
                    .hasMessageContaining("(" + other + "): unknown key");
        }
    }

    @Test
    void refusesANumberOutOfRangeWithItsValue() {
        Settings settings = Settings.read(Optional.empty(), Map.of(), Map.of("kafka-port", "70000"));

        assertThatThrownBy(() -> settings.number("kafka-port", 0, 65535))
                .hasMessage("Cannot read setting kafka-port: 70000, expected a number from 0 to 65535");
    }

    @Test
    void countsEdits() {
        assertThat(Nearest.distance("kitten", "sitting")).isEqualTo(3);
    }
}
