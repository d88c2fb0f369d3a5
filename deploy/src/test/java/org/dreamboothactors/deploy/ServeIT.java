package org.dreamboothactors.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The service as people start it: a process of its own, reached by its connection file, stopped by SIGTERM. */
@Timeout(600)
class ServeIT {
    private static final Duration LONGEST = Duration.ofSeconds(150); // a machine that is busy otherwise

    private final List<Process> started = new ArrayList<>();

    @TempDir
    Path folder = Path.of("");

    /** As much of a base model as the service reads before a run wants it. */
    @BeforeEach
    void model() throws IOException {
        write("model/model_index.json", "{}");
        write("model/unet/config.json", "{\"sample_size\": 16}");
        write("model/vae/config.json", "{\"block_out_channels\": [8, 8, 8]}");
        for (String name : List.of("a.jpg", "b.jpg", "c.jpg")) {
            write("photos/" + name, "no picture, " + name);
        }
    }

    @AfterEach
    void stop() {
        started.forEach(Process::destroyForcibly);
    }

    @Test
    void servesUntilItIsToldToStop() throws IOException, InterruptedException {
        Process service = serve();
        String ready = lineWith("Ready", service);
        assertThat(ready).contains("connection");
        Path connection = folder.resolve("data/connection");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(connection)))
                .isEqualTo("rw-------");

        assertThat(run("runs")).startsWith("0 RUN");
        assertThat(run("submit", "--photos", folder + "/photos", "--class", "cat", "--wait"))
                .startsWith("1 ")
                .contains("not_an_image", "rejected");
        assertThat(run("runs")).contains("rejected", "a photo of a sks cat");

        Process second = serve();
        assertThat(second.waitFor(LONGEST.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(second.exitValue()).isEqualTo(Exit.USAGE);
        assertThat(text(second)).contains("another dreambooth holds it");

        service.destroy(); // SIGTERM
        assertThat(service.waitFor(LONGEST.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(service.exitValue()).isZero();
        assertThat(connection).doesNotExist();
        assertThat(run("runs")).startsWith("2 Cannot reach the service");
    }

    private Process serve() throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx1g",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "serve",
                        "--data-dir",
                        folder + "/data",
                        "--base-model",
                        folder + "/model")
                .redirectErrorStream(true)
                .redirectOutput(output(started.size()).toFile())
                .start();
        started.add(process);
        return process;
    }

    /** Exit code and output of a command against the service's data directory. */
    private String run(String... arguments) {
        StringWriter said = new StringWriter();
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--data-dir", folder + "/data"));
        int exitCode = Main.commandLine()
                .setOut(new PrintWriter(said))
                .setErr(new PrintWriter(said))
                .execute(all.toArray(String[]::new));
        return exitCode + " " + said;
    }

    /** The first line with this word that the process writes. */
    private String lineWith(String word, Process process) throws IOException, InterruptedException {
        long limit = System.nanoTime() + LONGEST.toNanos();
        while (System.nanoTime() < limit && process.isAlive()) {
            Optional<String> line =
                    text(process).lines().filter(each -> each.contains(word)).findFirst();
            if (line.isPresent()) {
                return line.get();
            }
            process.waitFor(100, TimeUnit.MILLISECONDS);
        }
        throw new AssertionError("no line with " + word + " within " + LONGEST + ":\n" + text(process));
    }

    /** What the process wrote so far. */
    private String text(Process process) throws IOException {
        return Files.readString(output(started.indexOf(process)));
    }

    private Path output(int number) {
        return folder.resolve("output-" + number);
    }

    private void write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.resolve("..").normalize());
        Files.writeString(file, text);
    }
}
