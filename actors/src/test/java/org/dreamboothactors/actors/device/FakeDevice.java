package org.dreamboothactors.actors.device;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.dreamboothactors.storage.Sha256;

/** Devices whose child JVM is {@link FakeDeviceMain}, and what one can know of their results. */
public final class FakeDevice {
    private static final String ENVIRONMENT = "fake";

    private FakeDevice() {}

    public static Device start(Path directory) {
        return start(directory, Duration.ofSeconds(30));
    }

    public static Device start(Path directory, Duration patience) {
        return start(directory, patience, Cores.ANY);
    }

    static Device start(Path directory, Duration patience, Cores cores) {
        return start(directory, patience, Duration.ofHours(1), cores);
    }

    static Device start(Path directory, Duration patience, Duration keptOpen, Cores cores) {
        return new Device(
                DeviceName.parse("cpu:0"),
                1,
                cores,
                directory.resolve("device.log"),
                patience,
                keptOpen,
                FakeDeviceMain.class);
    }

    /** A folder that counts as a base model. */
    public static Path model(Path folder) throws IOException {
        Files.createDirectories(folder.resolve("unet"));
        Files.createDirectories(folder.resolve("vae"));
        Files.writeString(folder.resolve("unet").resolve("config.json"), "{\"sample_size\": 8}");
        Files.writeString(folder.resolve("vae").resolve("config.json"), """
                {"block_out_channels": [1, 2],
                 "down_block_types": ["DownEncoderBlock2D", "DownEncoderBlock2D"],
                 "up_block_types": ["UpDecoderBlock2D", "UpDecoderBlock2D"]}""");
        return folder;
    }

    /** The digest that so many steps must end with. */
    public static String weights(long seed, long steps) {
        String weights = Sha256.of(("seed " + seed).getBytes(StandardCharsets.UTF_8));
        for (long step = 0; step < steps; step++) {
            weights = next(weights, ENVIRONMENT);
        }
        return weights;
    }

    static String next(String weights, String environment) {
        return Sha256.of((weights + environment).getBytes(StandardCharsets.UTF_8));
    }

    static String environment(Path model) throws IOException {
        Path file = model.resolve("environment");
        return Files.exists(file) ? Files.readString(file) : ENVIRONMENT;
    }

    /** What shall go wrong, as files beside the model; no digest counts them. */
    public record Orders(Path model) {

        /** E.g. {@code crash-at-7}: done once. */
        public void give(String order) throws IOException {
            Files.createFile(model.resolve(order));
        }

        public void takeMillisForAStep(long millis) throws IOException {
            Files.writeString(model.resolve("step-millis"), Long.toString(millis));
        }

        /** Another environment gives other bits. */
        public void computeIn(String environment) throws IOException {
            Files.writeString(model.resolve("environment"), environment);
        }

        boolean take(String order) throws IOException {
            return Files.deleteIfExists(model.resolve(order));
        }

        long stepMillis() throws IOException {
            Path file = model.resolve("step-millis");
            return Files.exists(file) ? Long.parseLong(Files.readString(file)) : 0;
        }
    }
}
