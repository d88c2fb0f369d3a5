package org.dreamboothactors.deploy.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.dreamboothactors.deploy.UsageException;
import org.dreamboothactors.deploy.WithoutWeights;
import org.dreamboothactors.deploy.settings.Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LocalServiceIT {
    private final List<String> told = new ArrayList<>();

    @TempDir
    Path folder = Path.of("");

    @Test
    void namesTheSettingWhenThePortOfTheStoreIsTaken() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> start("s3-port", taken))
                    .hasMessageStartingWith("Cannot start the S3 store: port " + taken.getLocalPort() + " is in use")
                    .hasMessageContaining("--set s3-port=PORT");
        }
        assertThat(told).noneMatch(line -> line.startsWith("S3 store"));
    }

    @Test
    void namesTheSettingWhenThePortOfTheBrokerIsTakenAndStopsTheStore() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> start("kafka-port", taken))
                    .hasMessageStartingWith(
                            "Cannot start the Kafka broker: port " + taken.getLocalPort() + " is in use")
                    .hasMessageContaining("--set kafka-port=PORT");
        }
        int store = Integer.parseInt(
                Files.readString(folder.resolve("data/s3-port")).strip());
        new ServerSocket(store, 1, InetAddress.getLoopbackAddress()).close(); // free again
    }

    @Test
    void refusesAWrongSettingBeforeAnythingIsStarted() throws IOException {
        Settings settings = Settings.read(Optional.empty(), Map.of(), Map.of("train-slice", "soon"));
        Configuration configuration = new Configuration(settings, folder, Optional.of(model()));

        try (DataDirectory data = DataDirectory.take(folder.resolve("data"))) {
            assertThatThrownBy(() -> LocalService.start(new Places(settings), configuration, data, told::add))
                    .isInstanceOf(UsageException.class)
                    .hasMessageContaining("train-slice: soon");
        }
        assertThat(folder.resolve("data/kafka")).doesNotExist();
    }

    @Test
    void keepsTheKeysOfTheStoreForTheOwnerAlone() throws IOException {
        Path file = folder.resolve("s3-credentials");

        Credentials made = Credentials.keptIn(file);

        assertThat(Credentials.keptIn(file)).isEqualTo(made);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(made.toString()).doesNotContain(made.secretKey());
    }

    private void start(String portSetting, ServerSocket taken) throws IOException {
        Settings settings =
                Settings.read(Optional.empty(), Map.of(), Map.of(portSetting, Integer.toString(taken.getLocalPort())));
        Configuration configuration = new Configuration(settings, folder, Optional.of(model()));
        try (DataDirectory data = DataDirectory.take(folder.resolve("data"))) {
            LocalService.start(new Places(settings), configuration, data, told::add)
                    .close();
        }
    }

    private Path model() throws IOException {
        return WithoutWeights.model(folder.resolve("model"));
    }
}
