package org.dreamboothactors.actors.device;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.function.Function;
import org.dreamboothactors.diffusion.PeakMemory;

/**
 * The child JVM of one device: reads commands from standard input, answers on standard output.
 *
 * <p>It knows neither Kafka nor S3. When its parent is gone it ends at once, whatever it is computing.
 */
public final class DeviceMain {
    private DeviceMain() {}

    /** Takes the device's name and the number of threads that libtorch may use. */
    public static void main(String[] args) {
        DeviceName device = DeviceName.parse(args[0]);
        serve(progress -> new DeviceModels(device, Integer.parseInt(args[1]), progress)::run);
    }

    /** Answers commands until standard input ends or something cannot be survived; does not return. */
    static void serve(Function<Consumer<DeviceAnswer>, Function<DeviceCommand, DeviceAnswer>> models) {
        PrintStream pipe = System.out;
        System.setOut(System.err); // a library that prints must not break the protocol
        Lines lines = new Lines(System.in, pipe);
        Pulse.start("alive", () -> lines.write(new DeviceAnswer.Alive(PeakMemory.bytes())));
        BlockingQueue<DeviceCommand> commands = new LinkedBlockingQueue<>();
        Thread.ofPlatform().daemon().name("commands").start(() -> receive(lines, commands));
        try {
            Function<DeviceCommand, DeviceAnswer> answers = models.apply(answer -> send(lines, answer));
            while (true) {
                send(lines, answers.apply(commands.take()));
            }
        } catch (Throwable e) { // an Error too: a thread of libtorch would keep a JVM without its main thread alive
            e.printStackTrace();
            Runtime.getRuntime().halt(1);
        }
    }

    private static void receive(Lines lines, BlockingQueue<DeviceCommand> commands) {
        try {
            for (Optional<DeviceCommand> next = lines.read(DeviceCommand.class);
                    next.isPresent();
                    next = lines.read(DeviceCommand.class)) {
                commands.add(next.get());
            }
        } catch (IOException e) {
            e.printStackTrace();
            Runtime.getRuntime().halt(2);
        }
        Runtime.getRuntime().halt(0); // exit would wait for native code
    }

    private static void send(Lines lines, DeviceAnswer answer) {
        try {
            lines.write(answer);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot answer: " + e.getMessage(), e);
        }
    }
}
