package org.dreamboothactors.actors.device;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/** A process that starts a child, prints the child's id in 20 places, and waits to be killed. */
public final class ParentMain {
    private ParentMain() {}

    public static void main(String[] args) throws InterruptedException {
        try (Device device = FakeDevice.start(Path.of(args[0]));
                Device.Turn turn = device.takeTurn(Duration.ofSeconds(1)).orElseThrow()) {
            turn.warmUp();
            System.out.print(String.format(Locale.ROOT, "%-20d", device.pid().orElseThrow()));
            System.out.flush();
            Thread.sleep(Duration.ofMinutes(5));
        }
    }
}
