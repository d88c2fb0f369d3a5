package org.dreamboothactors.diffusion.kernels;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The models of this machine's CUDA devices, as the driver for Linux tells them. */
final class CudaModels {
    private static final Path DRIVER = Path.of("/proc/driver/nvidia/gpus");
    private static final String MODEL = "Model:";
    private static final String UNKNOWN = "unknown";

    private CudaModels() {}

    /** E.g. {@code NVIDIA_H200}; of a machine with several models all of them, since a process sees any of its devices. */
    static String here() {
        return in(DRIVER);
    }

    /** Of a folder with one folder for each device. */
    static String in(Path driver) {
        try (Stream<Path> devices = Files.list(driver)) {
            NavigableSet<String> models = new TreeSet<>();
            for (Path device : (Iterable<Path>) devices::iterator) {
                model(Files.readAllLines(device.resolve("information"))).forEach(models::add);
            }
            return models.isEmpty() ? UNKNOWN : String.join("+", models);
        } catch (IOException e) {
            return UNKNOWN; // another system, or a container that does not show it
        }
    }

    private static Stream<String> model(List<String> information) {
        return information.stream()
                .filter(line -> line.startsWith(MODEL))
                .map(line -> line.substring(MODEL.length()).strip().replace(' ', '_'));
    }
}
