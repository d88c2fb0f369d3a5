package org.dreamboothactors.actors.device;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import jdk.net.ExtendedSocketOptions;
import org.dreamboothactors.actors.device.DeviceAnswer.Broken;
import org.dreamboothactors.actors.device.DeviceAnswer.Refused;
import org.dreamboothactors.protocol.v1.GangCall;

/**
 * A device of this node that is a rank of a gang of another: it hears the commands from there, and does those of a rank.
 *
 * <p>Whatever ends the connection ends what the device computes: the others of the gang do not go on without it.
 */
public final class Lent implements AutoCloseable {
    private static final Duration CALL = Duration.ofSeconds(5);
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final int SECONDS_TO_FIRST_PROBE = 10;
    private static final int SECONDS_BETWEEN_PROBES = 5;
    private static final int PROBES = 4;

    private final Socket socket;
    private final Device.Turn device;
    private final Opener opener;
    private final Lines lines;
    private final BlockingQueue<Optional<DeviceCommand>> commands = new LinkedBlockingQueue<>();
    /** Whether the device holds nothing of the gang. */
    private boolean settled = true;

    private boolean left;

    /** How a trainer is opened on this machine, where files lie elsewhere than the other node says. */
    public interface Opener {
        /** Brings here what a trainer needs, however long it takes; the others do not wait in a ring yet. */
        void prepare();

        DeviceAnswer open(DeviceCommand.OpenTrainer asked, Device.Turn device);
    }

    private Lent(Socket socket, Device.Turn device, Opener opener) throws IOException {
        this.socket = socket;
        this.device = device;
        this.opener = opener;
        this.lines = new Lines(socket.getInputStream(), socket.getOutputStream());
    }

    /** Calls the node of rank 0. Empty when nobody is there: the gang has come together without us, or is gone. */
    public static Optional<Lent> to(GangCall call, Device.Turn device, Opener opener) {
        Socket socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(call.getHost(), call.getPort()), Math.toIntExact(CALL.toMillis()));
            prepare(socket);
            socket.setSoTimeout(Math.toIntExact(Talk.LONGEST_SILENCE.toMillis()));
            String words = call.getToken() + " " + device.deviceName() + "\n";
            socket.getOutputStream().write(words.getBytes(StandardCharsets.UTF_8));
            return Optional.of(new Lent(socket, device, opener));
        } catch (IOException e) {
            Talk.hangUp(socket);
            return Optional.empty();
        }
    }

    /** Commands are short and want to be there at once; a machine that is gone is found out while nothing is said. */
    static void prepare(Socket socket) throws IOException {
        socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
        socket.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
        socket.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, SECONDS_TO_FIRST_PROBE);
        socket.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, SECONDS_BETWEEN_PROBES);
        socket.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, PROBES);
    }

    /** Helps until rank 0's node hangs up or gives no sign of life, the device is lost, or {@code over} says so. */
    public void serve(BooleanSupplier over) {
        Thread.ofVirtual().name("commands").start(this::receive);
        Pulse.start("alive", () -> lines.write(new DeviceAnswer.Alive(device.peakMemoryBytes())));
        try {
            while (!over.getAsBoolean()) {
                Optional<DeviceCommand> next = commands.poll(LOOK.toMillis(), TimeUnit.MILLISECONDS);
                if (next == null) {
                    continue;
                }
                if (next.isEmpty()) {
                    return;
                }
                DeviceAnswer answer = answer(next.get());
                lines.write(answer);
                if (answer instanceof Broken) {
                    return;
                }
            }
        } catch (IOException e) {
            // Rank 0's node is gone, and the gang with it.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void pass(DeviceAnswer.Progress progress) {
        try {
            lines.write(progress);
        } catch (IOException e) {
            // The answer will find out.
        }
    }

    private DeviceAnswer answer(DeviceCommand command) {
        try {
            return switch (command) {
                case DeviceCommand.OpenDoor _ -> {
                    opener.prepare();
                    begin();
                    // At the address that reaches the others, whatever they call it.
                    yield device.ask(
                            new DeviceCommand.OpenDoor(socket.getLocalAddress().getHostAddress()));
                }
                case DeviceCommand.OpenTrainer asked -> {
                    begin();
                    yield opener.open(asked, device);
                }
                case DeviceCommand.TrainStep _ -> device.ask(command, this::pass);
                case DeviceCommand.DigestWeights _ -> device.ask(command);
                case DeviceCommand.CloseTrainer _ -> {
                    DeviceAnswer done = device.ask(command);
                    settle();
                    yield done;
                }
                case DeviceCommand.FindDevice _,
                        DeviceCommand.Encode _,
                        DeviceCommand.Draw _,
                        DeviceCommand.DrawTrained _,
                        DeviceCommand.ResumeTrainer _,
                        DeviceCommand.SaveState _,
                        DeviceCommand.SaveCheckpoint _,
                        DeviceCommand.CheckCheckpoint _,
                        DeviceCommand.JudgePictures _ ->
                    new Refused("only rank 0 does " + command.getClass().getSimpleName());
            };
        } catch (DeviceRefused e) {
            return new Refused(String.valueOf(e.getMessage()));
        } catch (RuntimeException e) { // the device is lost, or the store
            return new Broken(String.valueOf(e.getMessage()));
        }
    }

    private void receive() {
        try {
            Optional<DeviceCommand> next;
            do {
                next = lines.read(DeviceCommand.class);
                if (next.isEmpty()) {
                    leave();
                }
                commands.add(next);
            } while (next.isPresent());
        } catch (IOException e) { // what it says makes no sense, or the connection broke
            leave();
            commands.add(Optional.empty());
        }
    }

    /** From now on the device holds something of the gang, unless that is over already. */
    private synchronized void begin() {
        if (left) {
            throw new DeviceLost(device.deviceName(), "rank 0's node hung up");
        }
        settled = false;
    }

    /** A step in work waits for ranks that will not come. */
    private synchronized void leave() {
        left = true;
        if (!settled) {
            device.kill();
            settled = true;
        }
    }

    private synchronized void settle() {
        settled = true;
    }

    @Override
    public void close() {
        try {
            Talk.hangUp(socket);
        } finally {
            leave();
        }
    }
}
