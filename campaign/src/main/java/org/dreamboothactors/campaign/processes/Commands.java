package org.dreamboothactors.campaign.processes;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Command lines as Linux shows them. {@link ProcessHandle} cuts them at 4 KiB, which a class path alone has. */
final class Commands {
    private Commands() {}

    /** Empty when the process is gone. */
    static String of(long pid) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), "cmdline"), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }
}
