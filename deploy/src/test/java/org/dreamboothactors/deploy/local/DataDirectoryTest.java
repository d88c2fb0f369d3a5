package org.dreamboothactors.deploy.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.dreamboothactors.deploy.WithoutWeights;
import org.dreamboothactors.deploy.settings.Settings;
import org.dreamboothactors.protocol.KafkaConnection;
import org.dreamboothactors.storage.StoreSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {
    private static final StoreSettings STORE = new StoreSettings(
            URI.create("http://127.0.0.1:9000"), "us-east-1", "b", "access", "s3cret", Duration.ofSeconds(5), 3);

    @TempDir
    Path folder = Path.of("");

    @Test
    void isHeldByOneAtATime() {
        try (DataDirectory first = DataDirectory.take(folder)) {
            assertThat(first.work()).startsWithRaw(folder.toAbsolutePath());
            assertThatThrownBy(() -> DataDirectory.take(folder)).hasMessageContaining("another dreambooth holds it");
        }

        DataDirectory.take(folder).close();
    }

    @Test
    void connectionComesBackAndIsForItsOwnerAlone() throws IOException {
        Connection written = new Connection(
                new KafkaPlace("127.0.0.1:9092", Optional.of(folder.resolve("kafka.properties"))),
                STORE,
                Optional.of(URI.create("http://127.0.0.1:8080/?token=t")),
                Map.of("toy", folder));

        written.write(folder.resolve(Connection.FILE));

        assertThat(Connection.of(folder)).isEqualTo(written);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(Connection.FILE))))
                .isEqualTo("rw-------");
        assertThat(written.toString()).doesNotContain("s3cret").doesNotContain("token");
    }

    @Test
    void saysHowToStartAServiceWhereThereIsNone() {
        assertThatThrownBy(() -> Connection.of(folder)).hasMessageContaining("./dreambooth serve");
    }

    @Test
    void aFolderOnTheCommandLineIsTheDefaultBaseModel() throws IOException {
        Path model = WithoutWeights.model(folder.resolve("mine"));
        Settings settings = Settings.read(Optional.empty(), Map.of(), Map.of("threads-per-device", "2"));

        var service = new Configuration(settings, folder, Optional.of(model))
                .service(KafkaConnection.plain("k:1"), STORE, folder);

        assertThat(service.defaultBaseModel()).isEqualTo("mine");
        assertThat(service.threadsPerDevice()).isEqualTo(2);
        assertThat(service.dashboardToken()).hasSize(32);
    }
}
