package org.dreamboothactors.actors.device;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.dreamboothactors.protocol.v1.GangCall;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where devices of other nodes come to help with a run: whoever knows the token is let in. One thread. */
public final class HelpersDoor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HelpersDoor.class);
    private static final Duration LOOK = Duration.ofMillis(500);
    private static final Duration FIRST_WORDS = Duration.ofSeconds(1);
    private static final int TOKEN_BYTES = 16;
    private static final int LONGEST_FIRST_WORDS = 256;

    private final ServerSocket server;
    private final String token;

    private HelpersDoor(ServerSocket server, String token) {
        this.server = server;
        this.token = token;
    }

    /** Listens at a free port of {@code host}, an address of this machine that other nodes reach. */
    public static HelpersDoor open(InetAddress host) {
        byte[] token = new byte[TOKEN_BYTES];
        new SecureRandom().nextBytes(token);
        try {
            ServerSocket server = new ServerSocket();
            server.bind(new InetSocketAddress(host, 0));
            return new HelpersDoor(server, HexFormat.of().formatHex(token));
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "Cannot listen for helpers at " + host.getHostAddress() + ": " + e.getMessage(), e);
        }
    }

    /** What helpers have to know. */
    public GangCall call() {
        return GangCall.newBuilder()
                .setHost(server.getInetAddress().getHostAddress())
                .setPort(server.getLocalPort())
                .setToken(token)
                .build();
    }

    /** Waits for so many; they are the caller's until closed. Empty when it takes too long or {@code over} says so. */
    public Optional<List<RemoteRank>> await(int helpers, Duration atMost, BooleanSupplier over) {
        List<RemoteRank> in = new ArrayList<>();
        long begun = System.nanoTime();
        boolean complete = false;
        try {
            server.setSoTimeout(Math.toIntExact(LOOK.toMillis()));
            while (in.size() < helpers && System.nanoTime() - begun < atMost.toNanos() && !over.getAsBoolean()) {
                letIn().ifPresent(in::add);
            }
            complete = in.size() == helpers;
            return complete ? Optional.of(List.copyOf(in)) : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot wait for helpers: " + e.getMessage(), e);
        } finally {
            if (!complete) {
                in.forEach(RemoteRank::close);
            }
        }
    }

    private Optional<RemoteRank> letIn() throws IOException {
        Socket caller;
        try {
            caller = server.accept();
        } catch (SocketTimeoutException e) {
            return Optional.empty();
        }
        try {
            String words = firstWords(caller);
            caller.setSoTimeout(0);
            if (isToken(words)) {
                Lent.prepare(caller);
                String name = words.substring(token.length()).strip() + "@"
                        + caller.getInetAddress().getHostAddress();
                return Optional.of(new RemoteRank(name, caller));
            }
            LOG.warn("{} called without the token of this gang", caller.getRemoteSocketAddress());
        } catch (IOException e) { // it hung up, or said nothing
            LOG.info("{} called and did not come in: {}", caller.getRemoteSocketAddress(), e.getMessage());
        }
        caller.close();
        return Optional.empty();
    }

    private boolean isToken(String words) {
        return words.length() > token.length()
                && MessageDigest.isEqual(
                        words.substring(0, token.length()).getBytes(StandardCharsets.UTF_8),
                        token.getBytes(StandardCharsets.UTF_8));
    }

    /** A line, byte by byte: what follows it is another's to read. */
    private static String firstWords(Socket caller) throws IOException {
        InputStream in = caller.getInputStream();
        long end = System.nanoTime() + FIRST_WORDS.toNanos();
        StringBuilder words = new StringBuilder();
        while (words.length() < LONGEST_FIRST_WORDS) {
            long left = Duration.ofNanos(end - System.nanoTime()).toMillis();
            if (left <= 0) {
                throw new IOException("it said no line within " + FIRST_WORDS);
            }
            caller.setSoTimeout(Math.toIntExact(left));
            int next = in.read();
            if (next == '\n') {
                return words.toString();
            }
            if (next < 0) {
                throw new IOException("it hung up");
            }
            words.append((char) next);
        }
        throw new IOException("its first words are longer than " + LONGEST_FIRST_WORDS + " bytes");
    }

    /** Nobody comes in any more; who is in stays. */
    @Override
    public void close() {
        Talk.hangUp(server);
    }
}
