package org.dreamboothactors.campaign.processes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** File systems in memory that can be filled without harm to others. Only root can make them. */
final class SmallDisks implements AutoCloseable {
    private final List<Path> mounted = new ArrayList<>();

    /** Whether this process may. */
    static boolean arePossible() {
        return "root".equals(System.getProperty("user.name"));
    }

    /** Puts one where the folder is, or will be. */
    void put(Path folder, int megabytes) {
        try {
            Files.createDirectories(folder);
            run("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "campaign", folder.toString());
            mounted.add(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        mounted.forEach(folder -> run("umount", "-l", folder.toString()));
    }

    private static void run(String... command) {
        try {
            int code = new ProcessBuilder(command).inheritIO().start().waitFor();
            if (code != 0) {
                throw new IllegalStateException("Cannot " + String.join(" ", command) + ": it ended with " + code);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
