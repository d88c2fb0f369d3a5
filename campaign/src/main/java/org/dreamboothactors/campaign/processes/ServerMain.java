package org.dreamboothactors.campaign.processes;

import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.dreamboothactors.embedded.EmbeddedKafka;
import org.dreamboothactors.embedded.EmbeddedS3;

/** The broker or the store as a process of its own; says {@code Ready} when it serves, and goes on until it is killed. */
public final class ServerMain {
    private ServerMain() {}

    /** Takes {@code broker DIR PORT ADVERTISED} or {@code store DIR PORT ACCESS_KEY SECRET_KEY}. */
    public static void main(String[] args) throws InterruptedException {
        Path directory = Path.of(args[1]);
        int port = Integer.parseInt(args[2]);
        AutoCloseable server = switch (args[0]) {
            case "broker" -> EmbeddedKafka.start(directory, port, Integer.parseInt(args[3]));
            case "store" -> EmbeddedS3.start(directory, port, args[3], args[4]);
            default -> throw new IllegalArgumentException("Cannot start " + args[0] + ", expected broker or store");
        };
        System.out.println("Ready: " + server);
        new CountDownLatch(1).await();
    }
}
