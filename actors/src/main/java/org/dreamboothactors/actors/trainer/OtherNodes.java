package org.dreamboothactors.actors.trainer;

import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.dreamboothactors.protocol.KafkaConnection;
import org.dreamboothactors.protocol.Topics;

/**
 * Where the devices of other nodes are, and how long to wait for them. They are called through the queue that all
 * trainers take their work from: whichever is idle answers. Safe from any thread.
 *
 * @param kafka the cluster
 * @param shortest that whoever calls waits; at most twice as long
 */
public record OtherNodes(KafkaConnection kafka, Duration shortest) {
    /** A node that is started again is there by then. */
    private static final Duration USUAL = Duration.ofSeconds(20);

    public OtherNodes(KafkaConnection kafka) {
        this(kafka, USUAL);
    }

    /** How long to wait this time: two runs that wait for each other's device must not give up together again and again. */
    Duration patience() {
        return shortest.plusMillis(ThreadLocalRandom.current().nextLong(shortest.toMillis()));
    }

    /** Devices of all nodes: each is a member of the trainers' group. */
    int devices() {
        return hosts().size();
    }

    /** Why other nodes could not call this one; empty: they can, as far as Kafka tells. */
    Optional<String> unreachable() {
        InetAddress here = here();
        if (!here.isLoopbackAddress()) {
            return Optional.empty();
        }
        List<String> others =
                hosts().stream().filter(host -> !isLoopback(host)).distinct().toList();
        return others.isEmpty()
                ? Optional.empty()
                : Optional.of("the run wants devices of several nodes, and the node that has it knows itself as "
                        + here.getHostAddress() + ", which " + others
                        + " cannot call. Give bootstrap-servers there an address of the network");
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** Where the trainers of all devices call Kafka from. */
    private List<String> hosts() {
        String group = Topics.workers(Topics.TRAIN_STEP);
        try (Admin admin = Admin.create(kafka.with(Map.of()))) {
            return admin.describeShareGroups(List.of(group)).all().get().values().stream()
                    .flatMap(described -> described.members().stream())
                    .map(member -> member.host().replaceFirst("^.*/", "")) // name/address
                    .toList();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof GroupIdNotFoundException) {
                return List.of(); // no trainer has joined yet
            }
            throw new IllegalStateException("Cannot count the devices of the service: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Cannot count the devices of the service: interrupted", e);
        }
    }

    /** The address of this machine on its way to Kafka: other nodes are there too. */
    InetAddress here() {
        String first = kafka.bootstrapServers().split(",", 2)[0].strip();
        int colon = first.lastIndexOf(':');
        try (DatagramSocket way = new DatagramSocket()) {
            way.connect(new InetSocketAddress(first.substring(0, colon), Integer.parseInt(first.substring(colon + 1))));
            return way.getLocalAddress(); // nothing is sent
        } catch (SocketException e) {
            throw new IllegalStateException("Cannot find the way to " + first + ": " + e.getMessage(), e);
        }
    }
}
