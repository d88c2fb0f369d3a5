package org.dreamboothactors.deploy.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.dreamboothactors.actors.device.DeviceName;
import org.dreamboothactors.deploy.UsageException;
import org.dreamboothactors.deploy.settings.Settings;
import org.dreamboothactors.diffusion.judging.Judge;
import org.dreamboothactors.storage.StoreSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigurationTest {
    private static final StoreSettings STORE = new StoreSettings(
            URI.create("http://127.0.0.1:9"), "us-east-1", "bucket", "key", "secret", Duration.ofSeconds(1), 1);

    @TempDir
    Path home;

    @Test
    void devicesAreProcessorsAndCudaDevices() throws IOException {
        assertThat(devices("cpu:0, cuda:1")).containsExactly(DeviceName.parse("cpu:0"), DeviceName.parse("cuda:1"));
        assertThat(devices("")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            cpu:0,gpu:1   | gpu:1 is no device, expected cpu or cuda, a colon and a number, such as cpu:0 or cuda:1
            cuda:1,cuda:1 | cuda:1,cuda:1 names a device twice, expected a number of its own for each
            """)
    void whatIsNoDeviceOrGivenTwiceIsRefused(String text, String why) {
        assertThatThrownBy(() -> devices(text))
                .isInstanceOf(UsageException.class)
                .hasMessage("Cannot read setting devices: " + why);
    }

    private List<DeviceName> devices(String text) throws IOException {
        Files.createDirectories(home.resolve("base-model"));
        Files.writeString(home.resolve("base-model").resolve("model_index.json"), "{}");
        Files.createDirectories(home.resolve("judge").resolve(Judge.PART));
        Settings settings = Settings.read(Optional.empty(), Map.of(), Map.of("devices", text));
        return new Configuration(settings, home, Optional.empty())
                .service("127.0.0.1:9", STORE, home)
                .devices();
    }
}
