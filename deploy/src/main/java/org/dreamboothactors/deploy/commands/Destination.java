package org.dreamboothactors.deploy.commands;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.dreamboothactors.deploy.UsageException;

/** Where a command will write, looked at before anything is asked for that takes long. */
final class Destination {
    private Destination() {}

    /** Makes a folder when it is absent. */
    static void folder(Path folder) {
        Path absolute = folder.toAbsolutePath().normalize();
        try {
            Files.createDirectories(absolute);
        } catch (IOException e) {
            throw new UsageException("Cannot write to " + absolute + ": " + e + ". Give another --out", e);
        }
        if (!Files.isWritable(absolute)) {
            throw new UsageException("Cannot write to " + absolute
                    + ": nothing may be written there, expected a folder of yours. Give another --out");
        }
    }

    /** A file that may be replaced; its folder is made when it is absent. */
    static void file(Path file) {
        Path absolute = file.toAbsolutePath().normalize();
        if (Files.isDirectory(absolute)) {
            throw new UsageException(
                    "Cannot write " + absolute + ": it is a folder, expected a file. Give another --out");
        }
        folder(absolute.resolveSibling(""));
    }
}
