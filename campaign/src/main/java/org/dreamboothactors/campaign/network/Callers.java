package org.dreamboothactors.campaign.network;

import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Tells which process of this machine is at the other end of a connection.
 *
 * <p>A broker tells all of its clients one address, so a door cannot tell them apart by the port they come to.
 *
 * @param processes names of those that are to be found, by process id
 */
record Callers(Supplier<Map<Long, String>> processes) {

    /** The name of who connects from one port of this machine to another; empty: none of those that are known. */
    Optional<String> find(int from, int to) {
        return Connection.all().stream()
                .filter(connection -> connection.from() == from && connection.to() == to)
                .findFirst()
                .flatMap(wanted -> processes.get().entrySet().stream()
                        .filter(process -> wanted.isOf(process.getKey()))
                        .map(Map.Entry::getValue)
                        .findFirst());
    }
}
