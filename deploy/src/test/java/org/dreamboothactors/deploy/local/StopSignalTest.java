package org.dreamboothactors.deploy.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StopSignalTest {
    private static final Duration LONGEST = Duration.ofSeconds(30);

    /** Says when it hears signals, and ends in its own order some time after the first. */
    static final class Heard {
        private Heard() {}

        public static void main(String[] args) throws InterruptedException {
            StopSignal stop = StopSignal.ofThisProcess();
            System.out.println("listening");
            stop.await();
            Thread.sleep(1000);
            System.out.println("in order");
        }
    }

    /** A shell tells its job, and the kernel does when the shell is gone. */
    @Test
    void endsInOrderWhenATerminalClosesWhichSaysSoTwice() throws Exception {
        assumeFalse(System.getProperty("os.name").startsWith("Windows"), "signals need a POSIX system");
        assumeFalse(isDeafToHup(), "these tests run under nohup, which keeps SIGHUP from all processes below it");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Heard.class.getName())
                .redirectErrorStream(true)
                .start();
        CompletableFuture.delayedExecutor(LONGEST.toSeconds(), TimeUnit.SECONDS).execute(process::destroyForcibly);
        try (BufferedReader said = process.inputReader(StandardCharsets.UTF_8)) {
            assertThat(said.readLine()).isEqualTo("listening");
            for (int i = 0; i < 2; i++) {
                assertThat(new ProcessBuilder("kill", "-HUP", String.valueOf(process.pid()))
                                .start()
                                .waitFor())
                        .isZero();
            }

            assertThat(said.readLine()).isEqualTo("in order");
            assertThat(process.waitFor(LONGEST.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
        } finally {
            process.destroyForcibly();
        }
    }

    /** The first bit of what this process ignores; not known where there is no such file. */
    private static boolean isDeafToHup() throws IOException {
        Path status = Path.of("/proc/self/status");
        return Files.exists(status)
                && Files.readAllLines(status).stream()
                        .filter(line -> line.startsWith("SigIgn:"))
                        .anyMatch(line -> (Long.parseUnsignedLong(line.substring(line.length() - 16), 16) & 1) == 1);
    }
}
