package org.dreamboothactors.campaign.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a process may have of memory. */
final class Memory {
    private Memory() {}

    /** From now on it gets no page more than it has: the next allocation that needs one fails. Needs util-linux. */
    static void noMore(long pid) {
        try {
            String pages = Files.readString(Path.of("/proc", Long.toString(pid), "statm"))
                    .split(" ", 2)[0];
            long bytes = Long.parseLong(pages) * 4096;
            var _ = new ProcessBuilder("prlimit", "--pid", Long.toString(pid), "--as=" + bytes + ":" + bytes)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            if (ProcessHandle.of(pid).isPresent()) {
                throw new UncheckedIOException("Cannot limit the memory of " + pid + ": " + e.getMessage(), e);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
