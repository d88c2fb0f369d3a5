package org.dreamboothactors.deploy.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A port number in a file, so that a restarted server is found where it was. */
record KeptPort(Path file) {

    /** The port of the last start; 0 before the first. */
    int last() {
        try {
            return Files.exists(file) ? Integer.parseInt(Files.readString(file).strip()) : 0;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file + ": " + e, e);
        } catch (NumberFormatException e) {
            throw new IllegalStateException("Cannot read " + file + ": " + e.getMessage() + ". Remove it", e);
        }
    }

    void keep(int port) {
        try {
            Files.writeString(file, port + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + file + ": " + e, e);
        }
    }
}
