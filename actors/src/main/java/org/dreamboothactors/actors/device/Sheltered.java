package org.dreamboothactors.actors.device;

import java.util.ArrayList;
import java.util.List;

/**
 * Commands of child processes that leave it to their parent when to end. A terminal's Ctrl-C and a service manager's
 * SIGTERM go to whole groups of processes; a child that took them would die in the middle of the step that its parent
 * still wants to commit.
 */
public final class Sheltered {
    private Sheltered() {}

    /** The same command, deaf to SIGHUP, SIGINT and SIGTERM. What is ignored stays so across exec. */
    public static List<String> command(List<String> command) {
        List<String> sheltered = new ArrayList<>(List.of("/bin/sh", "-c", "trap '' HUP INT TERM; exec \"$@\"", "sh"));
        sheltered.addAll(command);
        return sheltered;
    }
}
