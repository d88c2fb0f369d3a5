package org.dreamboothactors.campaign.network;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * One end of a TCP connection of this machine, as Linux shows it in {@code /proc}.
 *
 * @param from port of this end
 * @param to port of the other end
 * @param inode of its socket
 */
record Connection(int from, int to, String inode) {
    private static final List<Path> TABLES = List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"));
    private static final int LOCAL = 1;
    private static final int REMOTE = 2;
    private static final int INODE = 9;

    /** Those that there are now. */
    static List<Connection> all() {
        List<Connection> all = new ArrayList<>();
        for (Path table : TABLES) {
            try {
                Files.readAllLines(table).stream()
                        .map(line -> line.strip().split("\\s+", -1))
                        .filter(columns -> columns.length > INODE)
                        .map(columns -> new Connection(port(columns[LOCAL]), port(columns[REMOTE]), columns[INODE]))
                        .forEach(all::add);
            } catch (IOException e) {
                // A machine without this table has no connection of its kind.
            }
        }
        return all;
    }

    /** Whether both are ends of the same connection, which has both on this machine. */
    boolean meets(Connection other) {
        return from == other.to && to == other.from;
    }

    /** Whether a process has this end. */
    boolean isOf(long pid) {
        String socket = "socket:[" + inode + "]";
        try (Stream<Path> files = Files.list(Path.of("/proc", Long.toString(pid), "fd"))) {
            return files.anyMatch(file -> {
                try {
                    return Files.readSymbolicLink(file).toString().equals(socket);
                } catch (IOException e) {
                    return false; // closed meanwhile
                }
            });
        } catch (IOException e) {
            return false; // the process is gone
        }
    }

    private static int port(String address) {
        int colon = address.indexOf(':');
        return colon < 0 || !address.substring(colon + 1).matches("[0-9A-F]{4}")
                ? -1
                : Integer.parseInt(address.substring(colon + 1), 16);
    }
}
