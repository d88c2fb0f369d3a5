package org.dreamboothactors.actors.device;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.function.Consumer;
import org.dreamboothactors.actors.device.DeviceAnswer.Progress;

/** A device of another node that came to help, as rank 0's node sees it; {@link Lent} is its other end. */
public final class RemoteRank implements Rank, AutoCloseable {
    /** It may have to fetch a state of many gigabytes first. */
    private static final Duration PATIENCE = Duration.ofMinutes(30);

    private final String name;
    private final Socket socket;
    private final Talk talk;

    /** Takes a connection whose first words were heard. */
    RemoteRank(String name, Socket socket) throws IOException {
        this.name = name;
        this.socket = socket;
        this.talk = Talk.with(name, new Connection(socket, socket.getInputStream(), socket.getOutputStream()));
        Pulse.start("alive-for-" + name, talk::beat); // a helper leaves a node that is stopped: others want the device
    }

    @Override
    public String deviceName() {
        return name;
    }

    /** Where other machines call its machine. */
    public String host() {
        return socket.getInetAddress().getHostAddress();
    }

    @Override
    public long peakMemoryBytes() {
        return talk.peakMemoryBytes();
    }

    @Override
    public DeviceAnswer ask(DeviceCommand command, Consumer<Progress> progress) {
        return talk.ask(command, PATIENCE, progress);
    }

    /** Hangs up, and its node ends what it computes for us. */
    @Override
    public void kill() {
        talk.end();
    }

    /** As {@link #kill}; after {@link DeviceCommand.CloseTrainer} there is nothing to end. */
    @Override
    public void close() {
        kill();
    }

    private record Connection(Socket socket, InputStream in, OutputStream out) implements Talk.Peer {
        @Override
        public boolean isAlive() {
            return !socket.isClosed();
        }

        @Override
        public void end() {
            Talk.hangUp(socket);
        }

        @Override
        public String ending() {
            return "its node hung up";
        }
    }
}
