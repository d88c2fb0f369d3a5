package org.dreamboothactors.actors.device;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.dreamboothactors.diffusion.kernels.Processor;

/**
 * How a device's child JVM is started.
 *
 * @param device the only one that the child sees
 * @param threads of libtorch
 * @param cores that its threads may use
 * @param log file its errors are appended to
 * @param main class
 */
record ChildJvm(DeviceName device, int threads, Cores cores, Path log, Class<?> main) {
    /** Java's own heap: pictures. Weights and latents live in libtorch's memory. */
    private static final String HEAP = "-Xmx1g";

    private static final String VISIBLE = "CUDA_VISIBLE_DEVICES";

    private static final long LONGEST_LOG_BYTES = 10L << 20;

    Process start() {
        List<String> command = new ArrayList<>(cores.before());
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add(HEAP);
        command.add("-XX:+UseSerialGC"); // a collector's threads would take time from libtorch's
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("--sun-misc-unsafe-memory-access=allow");
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("-Dai.djl") || argument.startsWith("-DDJL"))
                .forEach(command::add);
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(main.getName());
        command.add(device.toString());
        command.add(Integer.toString(threads));
        try {
            prepareLog();
            ProcessBuilder builder = new ProcessBuilder(Sheltered.command(command))
                    .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
            // glibc gives memory back and takes it again on every large tensor unless it is told not to.
            builder.environment().put("MALLOC_MMAP_MAX_", "0");
            builder.environment().put("MALLOC_TRIM_THRESHOLD_", "-1");
            builder.environment().put("MALLOC_TOP_PAD_", "268435456");
            if (!Processor.here().multipliesBf16()) {
                // Tensors above 64 MiB, which fp32 has many of, are mapped and cleared anew each time unless they lie
                // in the
                // first arena. With halves of the size one arena for all threads was the slower one.
                builder.environment().putIfAbsent("MALLOC_ARENA_MAX", "1");
            }
            // A step touches gigabytes: in huge pages, where the kernel gives them to who asks.
            builder.environment()
                    .merge("GLIBC_TUNABLES", "glibc.malloc.hugetlb=1", (theirs, ours) -> theirs + ":" + ours);
            // Threads that spin while they wait take the processor from broker, store and each other; some microseconds
            // do
            // no harm, and a small model's operations follow so fast.
            builder.environment().put("OMP_WAIT_POLICY", "PASSIVE");
            builder.environment().put("GOMP_SPINCOUNT", "2000");
            builder.environment().put("OMP_NUM_THREADS", Integer.toString(threads));
            builder.environment().put(VISIBLE, device.visibleDevices(visible()));
            // One of several conditions for cuBLAS to give the same bits each time.
            builder.environment().put("CUBLAS_WORKSPACE_CONFIG", ":4096:8");
            // libtorch lets cuDNN round the factors of fp32 convolutions to 10 bits.
            builder.environment().put("NVIDIA_TF32_OVERRIDE", "0");
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot start the child JVM of " + device + ": " + e.getMessage(), e);
        }
    }

    /** What this process sees of CUDA's devices; absent where nobody said. */
    private static Optional<List<String>> visible() {
        return Optional.ofNullable(System.getenv(VISIBLE))
                .map(devices -> Arrays.stream(devices.split(",", -1))
                        .map(String::strip)
                        .filter(device -> !device.isEmpty())
                        .toList());
    }

    private void prepareLog() throws IOException {
        Files.createDirectories(
                Optional.ofNullable(log.toAbsolutePath().getParent()).orElseThrow());
        if (Files.exists(log) && Files.size(log) > LONGEST_LOG_BYTES) {
            Files.move(log, log.resolveSibling(log.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
