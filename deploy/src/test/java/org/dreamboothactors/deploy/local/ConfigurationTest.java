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
import org.dreamboothactors.deploy.WithoutWeights;
import org.dreamboothactors.deploy.settings.Settings;
import org.dreamboothactors.protocol.KafkaConnection;
import org.dreamboothactors.storage.StoreSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigurationTest {
    private static final StoreSettings STORE = new StoreSettings(
            URI.create("http://127.0.0.1:9"), "us-east-1", "bucket", "key", "secret", Duration.ofSeconds(1), 1);

    private static final Path HOME = Path.of("..");

    @TempDir
    Path folder;

    @Test
    void devicesAreProcessorsOrCudaDevices() {
        assertThat(devices("cpu:0, cpu:1")).containsExactly(DeviceName.parse("cpu:0"), DeviceName.parse("cpu:1"));
        assertThat(devices("cuda:1")).containsExactly(DeviceName.parse("cuda:1"));
        assertThat(devices("")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            cpu:0,gpu:1   | gpu:1 is no device, expected cpu or cuda, a colon and a number, such as cpu:0 or cuda:1
            cpu:0,cuda:0  | cpu:0,cuda:0 are of two kinds, expected one: together they would not train to the same bits. Start a node for each kind
            cuda:1,cuda:1 | cuda:1,cuda:1 names a device twice, expected a number of its own for each
            """)
    void whatIsNoDeviceOrDoesNotFitIsRefused(String text, String why) {
        assertThatThrownBy(() -> devices(text))
                .isInstanceOf(UsageException.class)
                .hasMessage("Cannot read setting devices: " + why);
    }

    @Test
    void aBaseModelThatCannotBeTrainedIsRefusedBeforeAnythingStarts() throws IOException {
        Path model = WithoutWeights.model(folder.resolve("inpainting"));
        Path unet = model.resolve("unet/config.json");
        Files.writeString(unet, Files.readString(unet).replaceFirst("(\"in_channels\"\\s*:\\s*)\\d+", "$19"));
        Settings settings = Settings.read(Optional.empty(), Map.of(), Map.of());

        assertThatThrownBy(() -> new Configuration(settings, HOME, Optional.of(model)))
                .isInstanceOf(UsageException.class)
                .hasMessageStartingWith("Cannot use base model inpainting: ")
                .hasMessageContaining("in_channels");
    }

    private List<DeviceName> devices(String text) {
        Settings settings = Settings.read(Optional.empty(), Map.of(), Map.of("devices", text));
        return new Configuration(settings, HOME, Optional.empty())
                .service(KafkaConnection.plain("127.0.0.1:9"), STORE, folder)
                .devices();
    }
}
