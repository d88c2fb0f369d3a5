package org.dreamboothactors.campaign.network;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Stands before a server of this machine and passes bytes on, for each node as its {@link Link} says. Safe from any
 * thread.
 */
public final class Door implements AutoCloseable {
    private static final int PIECE = 8 << 10;
    private static final int BACKLOG = 200;
    private static final Duration LOOK = Duration.ofMillis(50);
    private static final Link OPEN = new Link.Open();

    private final ServerSocket server;
    private final int target;
    private final Callers callers;
    private final Requests requests;
    private final Map<String, Link> links = new ConcurrentHashMap<>();
    private final Set<Way> ways = ConcurrentHashMap.newKeySet();

    /** A connection through the door. */
    private record Way(String caller, Socket client, Socket behind) {
        void close() {
            quietly(client);
            quietly(behind);
        }

        private static void quietly(Socket socket) {
            try {
                socket.close();
            } catch (IOException e) {
                // It is closed in any case.
            }
        }
    }

    /** Sees the bytes that clients send on one connection before they are passed on. */
    public interface Requests {
        void passing(byte[] bytes, int length);
    }

    private Door(ServerSocket server, int target, Callers callers, Requests requests) {
        this.server = server;
        this.target = target;
        this.callers = callers;
        this.requests = requests;
    }

    /**
     * A door that is open to everyone.
     *
     * @param port of the server behind it
     * @param processes names of those who can be told apart, by process id
     */
    public static Door before(int port, Supplier<Map<Long, String>> processes, Requests requests) throws IOException {
        Door door = new Door(
                new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress()), port, new Callers(processes), requests);
        Thread.ofPlatform().daemon().name("door-" + port).start(door::accept);
        return door;
    }

    /** Where clients come. */
    public int port() {
        return server.getLocalPort();
    }

    /** From now on the node's way is like this. */
    public void link(String node, Link link) {
        links.put(node, link);
        if (link instanceof Link.Cut) {
            ways.stream().filter(way -> way.caller().equals(node)).forEach(Way::close);
        }
    }

    private Link link(String node) {
        return links.getOrDefault(node, OPEN);
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                Thread.ofVirtual().start(() -> open(client));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void open(Socket client) {
        try {
            String caller = callers.find(client.getPort(), port()).orElse("");
            if (link(caller) instanceof Link.Cut) {
                client.close();
                return;
            }
            Way way = new Way(caller, client, new Socket(InetAddress.getLoopbackAddress(), target));
            way.client().setTcpNoDelay(true);
            way.behind().setTcpNoDelay(true);
            ways.add(way);
            Thread.ofVirtual().start(() -> pass(way, way.behind(), client, (_, _) -> {}));
            pass(way, client, way.behind(), requests);
        } catch (IOException e) { // nobody behind the door
            Way.quietly(client);
        }
    }

    private void pass(Way way, Socket from, Socket to, Requests seeing) {
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] piece = new byte[PIECE];
            for (int read = in.read(piece); read >= 0 && delayed(way.caller()); read = in.read(piece)) {
                seeing.passing(piece, read);
                out.write(piece, 0, read);
                out.flush();
            }
        } catch (IOException e) {
            // One side is gone; closing both is all there is to do.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            ways.remove(way);
            way.close();
        }
    }

    /** Takes the time that the link takes. Returns whether the connection goes on. */
    private boolean delayed(String caller) throws InterruptedException {
        while (link(caller) instanceof Link.Silent) {
            Thread.sleep(LOOK);
        }
        if (link(caller) instanceof Link.Slow(Duration piece)) {
            Thread.sleep(piece);
        }
        return !(link(caller) instanceof Link.Cut);
    }

    @Override
    public void close() throws IOException {
        server.close();
        ways.forEach(Way::close);
    }
}
