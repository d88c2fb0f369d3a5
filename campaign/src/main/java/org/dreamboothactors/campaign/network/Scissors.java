package org.dreamboothactors.campaign.network;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Collection;
import java.util.List;

/**
 * Ends connections between processes that no door stands between, with the {@code ss} of iproute2: both sides get an
 * error and live on. Needs root, and a kernel that lets sockets be destroyed.
 */
public final class Scissors {
    private static final boolean SHARP = cutOneOfOurOwn();

    private Scissors() {}

    /** Whether connections can be ended on this machine. */
    public static boolean areThere() {
        return SHARP;
    }

    /** Ends what there is between these and those. Returns how many connections there were. */
    public static int cutBetween(Collection<Long> these, Collection<Long> those) {
        List<Connection> all = Connection.all();
        List<Connection> between = all.stream()
                .filter(one -> these.stream().anyMatch(one::isOf))
                .filter(one -> all.stream()
                        .anyMatch(other -> one.meets(other) && those.stream().anyMatch(other::isOf)))
                .toList();
        between.forEach(one -> cut(one.from(), one.to()));
        return between.size();
    }

    private static void cut(int from, int to) {
        try {
            var _ = new ProcessBuilder("ss", "-K", "sport", "=", ":" + from, "and", "dport", "=", ":" + to)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot end the connection from port " + from + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean cutOneOfOurOwn() {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket one = new Socket(server.getInetAddress(), server.getLocalPort());
                Socket other = server.accept()) {
            cut(one.getLocalPort(), one.getPort());
            one.getOutputStream().write(0);
            return other.getInputStream().read() < 0;
        } catch (IOException e) {
            return true; // broken, as it should be
        } catch (UncheckedIOException e) {
            return false; // no such program
        }
    }
}
