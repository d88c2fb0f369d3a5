package org.dreamboothactors.campaign.network;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Tells which process of this machine is at the other end of a connection, as Linux shows it in {@code /proc}.
 *
 * <p>A broker tells all of its clients one address, so a door cannot tell them apart by the port they come to.
 *
 * @param processes names of those that are to be found, by process id
 */
record Callers(Supplier<Map<Long, String>> processes) {
    private static final List<Path> TABLES = List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"));
    private static final int LOCAL = 1;
    private static final int REMOTE = 2;
    private static final int INODE = 9;

    /** The name of who connects from one port of this machine to another; empty: none of those that are known. */
    Optional<String> find(int from, int to) {
        Optional<String> socket = inode(from, to).map(inode -> "socket:[" + inode + "]");
        return socket.flatMap(wanted -> processes.get().entrySet().stream()
                .filter(process -> holds(process.getKey(), wanted))
                .map(Map.Entry::getValue)
                .findFirst());
    }

    private static Optional<String> inode(int from, int to) {
        for (Path table : TABLES) {
            try {
                for (String line : Files.readAllLines(table)) {
                    String[] columns = line.strip().split("\\s+", -1);
                    if (columns.length > INODE && port(columns[LOCAL]) == from && port(columns[REMOTE]) == to) {
                        return Optional.of(columns[INODE]);
                    }
                }
            } catch (IOException e) {
                // A machine without this table has no connection of its kind.
            }
        }
        return Optional.empty();
    }

    private static int port(String address) {
        int colon = address.indexOf(':');
        return colon < 0 || !address.substring(colon + 1).matches("[0-9A-F]{4}")
                ? -1
                : Integer.parseInt(address.substring(colon + 1), 16);
    }

    private static boolean holds(long pid, String socket) {
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
}
