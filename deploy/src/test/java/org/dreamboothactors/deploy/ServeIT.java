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

    @TempDir
    Path folder = Path.of("");

    private Processes processes = new Processes(folder, LONGEST);

    @BeforeEach
    void model() throws IOException {
        processes = new Processes(folder, LONGEST);
        var _ = WithoutWeights.model(folder.resolve("model"));
        for (String name : List.of("a.jpg", "b.jpg", "c.jpg")) {
            write("photos/" + name, "no picture, " + name);
        }
    }

    @AfterEach
    void stop() {
        processes.close();
    }

    @Test
    void servesUntilItIsToldToStop() throws IOException, InterruptedException {
        Process service = serve();
        String ready = processes.lineWith("Ready", service);
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
        assertThat(processes.text(second)).contains("another dreambooth holds it");

        service.destroy(); // SIGTERM
        assertThat(service.waitFor(LONGEST.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(service.exitValue()).isZero();
        assertThat(connection).doesNotExist();
        assertThat(run("runs")).startsWith("2 Cannot reach the service");
    }

    private Process serve() throws IOException {
        return processes.start("serve", "--base-model", folder + "/model");
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

    private void write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.resolve("..").normalize());
        Files.writeString(file, text);
    }
}
