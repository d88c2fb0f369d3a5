package org.dreamboothactors.campaign.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScissorsTest {
    private static final long THIS = ProcessHandle.current().pid();

    @Test
    void endsWhatIsBetweenTheseProcessesAndNothingElse() throws IOException {
        assumeTrue(Scissors.areThere(), "needs root, the program ss and a kernel that destroys sockets");
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket one = new Socket(server.getInetAddress(), server.getLocalPort());
                Socket other = server.accept()) {
            long init = 1;
            assertThat(Scissors.cutBetween(List.of(THIS), List.of(init))).isZero();
            one.getOutputStream().write(7);
            assertThat(other.getInputStream().read()).isEqualTo(7);

            assertThat(Scissors.cutBetween(List.of(THIS), List.of(THIS))).isGreaterThanOrEqualTo(2); // its two ends

            assertThatThrownBy(() -> one.getOutputStream().write(7)).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> other.getInputStream().read()).isInstanceOf(IOException.class);
        }
    }
}
