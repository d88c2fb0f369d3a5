package org.dreamboothactors.benchmarks;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** A plain blocking connection between two processes: what TCP can do without any meaning. */
final class RawStream implements AutoCloseable {
    private static final int WRITE_BYTES = 1 << 20;

    private final ServerSocketChannel door;
    private SocketChannel channel;

    private RawStream(ServerSocketChannel door, SocketChannel channel) {
        this.door = door;
        this.channel = channel;
    }

    static RawStream listen(InetAddress host) throws IOException {
        return new RawStream(ServerSocketChannel.open().bind(new InetSocketAddress(host, 0)), SocketChannel.open());
    }

    static RawStream to(InetAddress host, int port) throws IOException {
        return new RawStream(ServerSocketChannel.open(), SocketChannel.open(new InetSocketAddress(host, port)));
    }

    int port() throws IOException {
        return ((InetSocketAddress) door.getLocalAddress()).getPort();
    }

    void meet() throws IOException {
        if (!channel.isConnected()) {
            channel.close();
            channel = door.accept();
        }
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }

    /** One sends all, the other says when it has it. */
    void oneWay(MemorySegment bytes, boolean sends) throws IOException {
        ByteBuffer word = ByteBuffer.allocateDirect(1);
        if (sends) {
            send(bytes);
            receive(word);
        } else {
            receive(bytes.asByteBuffer());
            channel.write(word);
        }
    }

    void bothWays(MemorySegment out, MemorySegment in) throws IOException {
        CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> {
            try {
                send(out);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        receive(in.asByteBuffer());
        try {
            var _ = sent.join();
        } catch (CompletionException e) {
            throw new IOException("Cannot send: " + e.getMessage(), e);
        }
    }

    private void send(MemorySegment bytes) throws IOException {
        ByteBuffer all = bytes.asByteBuffer();
        while (all.position() < all.capacity()) {
            all.limit(Math.min(all.capacity(), all.position() + WRITE_BYTES));
            channel.write(all);
        }
    }

    private void receive(ByteBuffer into) throws IOException {
        while (into.position() < into.capacity()) {
            into.limit(Math.min(into.capacity(), into.position() + WRITE_BYTES));
            if (channel.read(into) < 0) {
                throw new EOFException("the other process is gone");
            }
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
        door.close();
    }
}
