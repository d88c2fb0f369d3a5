package org.dreamboothactors.allreduce.tcp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import org.dreamboothactors.allreduce.AllReduce;
import org.dreamboothactors.allreduce.Member;

/** Where the predecessor of a rank calls: opened first, so that its address can be told around. */
public final class TcpDoor implements AutoCloseable {
    private final ServerSocketChannel server;

    private TcpDoor(ServerSocketChannel server) {
        this.server = server;
    }

    /** Listens at a free port of {@code host}. */
    public static TcpDoor open(InetAddress host) {
        try {
            return new TcpDoor(ServerSocketChannel.open().bind(new InetSocketAddress(host, 0)));
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "Cannot listen for other ranks at " + host.getHostAddress() + ": " + e.getMessage(), e);
        }
    }

    public InetSocketAddress address() {
        try {
            return (InetSocketAddress) server.getLocalAddress();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot tell where other ranks may call: " + e.getMessage(), e);
        }
    }

    /**
     * Takes a place in the ring and waits until both neighbours are there. Who calls and is no rank is sent away.
     *
     * @param next where the door of the next rank is; the own one where there is one rank
     * @param patience how long to wait for other ranks, here and in every call
     * @throws org.dreamboothactors.allreduce.RingBroken when a neighbour is missing or another attempt is there
     */
    public AllReduce join(Member member, InetSocketAddress next, Duration patience) {
        return TcpAllReduce.over(new Meeting(member, server, next, patience).meet(), member, patience);
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot close a port: " + e.getMessage(), e);
        }
    }
}
