package org.dreamboothactors.allreduce;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.dreamboothactors.allreduce.RingBroken.Cause;
import org.dreamboothactors.allreduce.RingBroken.Kind;
import org.dreamboothactors.allreduce.mapped.MappedAllReduce;
import org.dreamboothactors.allreduce.tcp.TcpDoor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The other rank is a process, and is killed or stopped while both sum. */
@Timeout(60)
class KilledRankTest {
    private static final long FLOATS = 500_000;
    private static final int CALLS_BEFORE = 20;

    @TempDir
    Path folder = Path.of("");

    private Optional<Process> other = Optional.empty();

    @AfterEach
    void killTheOther() {
        other.ifPresent(Process::destroyForcibly);
    }

    @Test
    void aKilledProcessIsMissedThroughTheMappedFile() throws IOException {
        Cause cause = afterTheOtherIs("KILL", mapped(Duration.ofSeconds(30)));

        assertThat(cause.kind()).isEqualTo(Kind.LOST);
        assertThat(cause.rank()).isEqualTo(1);
    }

    @Test
    void aKilledProcessIsMissedOverTcp() throws IOException {
        Cause cause = afterTheOtherIs("KILL", tcp(Duration.ofSeconds(30)));

        assertThat(cause.kind()).isEqualTo(Kind.LOST);
        assertThat(cause.rank()).isEqualTo(1);
    }

    @Test
    void aStoppedProcessIsLateThroughTheMappedFile() throws IOException {
        Cause cause = afterTheOtherIs("STOP", mapped(Duration.ofSeconds(2)));

        assertThat(cause.kind()).isEqualTo(Kind.LATE);
        assertThat(cause.rank()).isEqualTo(1);
        assertThat(cause.waited()).isBetween(Duration.ofSeconds(2), Duration.ofSeconds(4));
    }

    @Test
    void aStoppedProcessIsLateOverTcp() throws IOException {
        Cause cause = afterTheOtherIs("STOP", tcp(Duration.ofSeconds(2)));

        assertThat(cause.kind()).isEqualTo(Kind.LATE);
        assertThat(cause.rank()).isEqualTo(1);
        assertThat(cause.waited()).isBetween(Duration.ofSeconds(2), Duration.ofSeconds(4));
    }

    private Cause afterTheOtherIs(String signal, AllReduce reduce) throws IOException {
        try (reduce) {
            for (int call = 0; call < CALLS_BEFORE; call++) {
                reduce.sum(0, FLOATS);
            }
            new ProcessBuilder(
                            "kill",
                            "-" + signal,
                            Long.toString(other.orElseThrow().pid()))
                    .start();
            while (true) {
                reduce.sum(0, FLOATS);
            }
        } catch (RingBroken e) {
            assertThat(e.why().bucket()).isGreaterThan(CALLS_BEFORE);
            return e.why();
        }
    }

    private AllReduce mapped(Duration patience) throws IOException {
        Path file = folder.resolve("numbers");
        start(Transport.MAPPED, file.toString());
        return MappedAllReduce.join(file, Gang.member(0, 2, FLOATS), patience);
    }

    private AllReduce tcp(Duration patience) throws IOException {
        InetAddress host = InetAddress.getLoopbackAddress();
        TcpDoor door = TcpDoor.open(host);
        start(Transport.TCP, Integer.toString(door.address().getPort()));
        BufferedReader says = other.orElseThrow().inputReader();
        int port = Integer.parseInt(says.readLine());
        return door.join(Gang.member(0, 2, FLOATS), new InetSocketAddress(host, port), patience);
    }

    private void start(Transport transport, String where) throws IOException {
        other = Optional.of(new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        RankMain.class.getName(),
                        transport.name(),
                        where,
                        Long.toString(FLOATS))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start());
    }
}
