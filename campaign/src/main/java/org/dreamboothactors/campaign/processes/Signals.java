package org.dreamboothactors.campaign.processes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;

/** Signals to processes, by the {@code kill} of the machine: Java can send two of them only. */
public final class Signals {
    private Signals() {}

    /** Sends one, e.g. {@code STOP}; a process that is gone is no error. */
    public static void send(String signal, long pid) {
        try {
            var _ = new ProcessBuilder("kill", "-" + signal, Long.toString(pid))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot send SIG" + signal + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Lets time pass: faults last for a while. */
    public static void pause(Duration length) {
        try {
            Thread.sleep(length);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted", e);
        }
    }
}
