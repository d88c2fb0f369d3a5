package org.dreamboothactors.campaign.faults;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file system without room: a file that takes all that is left of it. */
record FullDisk(Path folder) {
    private static final int PIECE = 64 << 10;

    /** Smaller and smaller pieces, until not a byte more goes in. */
    void fill() {
        try (OutputStream out = Files.newOutputStream(ballast())) {
            for (int piece = PIECE; piece > 0; piece /= 16) {
                byte[] bytes = new byte[piece];
                boolean room = true;
                while (room) {
                    room = fits(out, bytes);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot fill " + folder + ": " + e.getMessage(), e);
        }
    }

    void free() {
        try {
            Files.deleteIfExists(ballast());
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot free " + folder + ": " + e.getMessage(), e);
        }
    }

    private Path ballast() {
        return folder.resolve("ballast");
    }

    private static boolean fits(OutputStream out, byte[] bytes) {
        try {
            out.write(bytes);
            return true;
        } catch (IOException e) {
            return false; // full, which is what we want
        }
    }
}
