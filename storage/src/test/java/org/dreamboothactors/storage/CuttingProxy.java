package org.dreamboothactors.storage;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;

/** Stands between client and store and cuts the first connections after some bytes of the answer. */
final class CuttingProxy implements AutoCloseable {
    private final ServerSocket server;
    private final URI target;
    private final AtomicInteger cutsLeft;
    private final int bytesBeforeCut;

    CuttingProxy(URI target, int cuts, int bytesBeforeCut) throws IOException {
        this.target = target;
        this.cutsLeft = new AtomicInteger(cuts);
        this.bytesBeforeCut = bytesBeforeCut;
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.startVirtualThread(this::accept);
    }

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort());
    }

    int cutsLeft() {
        return cutsLeft.get();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                Socket store = new Socket(target.getHost(), target.getPort());
                boolean cut = cutsLeft.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
                Thread.startVirtualThread(() -> pump(client, store, Long.MAX_VALUE));
                Thread.startVirtualThread(() -> pump(store, client, cut ? bytesBeforeCut : Long.MAX_VALUE));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private static void pump(Socket from, Socket to, long limit) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[8192];
            long left = limit;
            while (left > 0) {
                int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
                if (read < 0) {
                    return;
                }
                out.write(buffer, 0, read);
                out.flush();
                left -= read;
            }
        } catch (IOException e) {
            // The other side is gone; closing both is all there is to do.
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
