package org.dreamboothactors.campaign.processes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/**
 * A port that stays a process's own while it is killed and started again, also beside other campaigns.
 *
 * <p>Below those that the system hands out, and the next one above it is held meanwhile: who finds that taken looks further.
 */
record ReservedPort(int number, ServerSocket guard) implements AutoCloseable {
    private static final int FIRST = 20_000;
    private static final int LAST = 32_000;

    static ReservedPort find() {
        for (int port = FIRST; port < LAST; port += 2) {
            try {
                ServerSocket guard = bound(port + 1);
                try {
                    bound(port).close();
                    return new ReservedPort(port, guard);
                } catch (IOException e) {
                    guard.close();
                }
            } catch (IOException e) {
                // somebody has it
            }
        }
        throw new IllegalStateException("No port from " + FIRST + " to " + LAST + " is free on this machine");
    }

    private static ServerSocket bound(int port) throws IOException {
        return new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
    }

    @Override
    public void close() {
        try {
            guard.close();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot give port " + number + " back: " + e.getMessage(), e);
        }
    }
}
