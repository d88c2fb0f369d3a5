package org.dreamboothactors.deploy.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StopSignalTest {
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
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Heard.class.getName())
                .redirectErrorStream(true)
                .start();
        try (BufferedReader said = process.inputReader(StandardCharsets.UTF_8)) {
            assertThat(said.readLine()).isEqualTo("listening");
            for (int i = 0; i < 2; i++) {
                assertThat(new ProcessBuilder("kill", "-HUP", String.valueOf(process.pid()))
                                .start()
                                .waitFor())
                        .isZero();
            }

            assertThat(said.readLine()).isEqualTo("in order");
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
        } finally {
            process.destroyForcibly();
        }
    }
}
