package org.dreamboothactors.campaign.checks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.dreamboothactors.campaign.processes.Cluster;
import org.dreamboothactors.campaign.processes.NodeName;

/** Files that a service at rest has no use for. */
record Leftovers(Cluster cluster) {
    private static final Path SHARED_MEMORY = Path.of("/dev/shm", "dreambooth-" + System.getProperty("user.name"));

    void check(List<String> violations) {
        names(SHARED_MEMORY)
                .filter(name -> name.startsWith("work-") && !isOthers(name))
                .forEach(name -> violations.add(SHARED_MEMORY.resolve(name) + " was left"));
        for (NodeName node : NodeName.values()) {
            String ours = "work-" + cluster.node(node).pid().orElse(-1L) + "-";
            Path scratch = cluster.data(node).resolve("work").resolve("scratch");
            names(scratch)
                    .filter(name -> name.startsWith(ours))
                    .forEach(name -> violations.add(scratch.resolve(name) + " was left by a node that is at rest"));
        }
    }

    /** Of a service that lives and is none of ours: its process id comes second. */
    private boolean isOthers(String name) {
        String pid = name.split("-", 3)[1];
        return pid.matches("[0-9]{1,18}")
                && ProcessHandle.of(Long.parseLong(pid)).isPresent()
                && Stream.of(NodeName.values())
                        .noneMatch(node -> cluster.node(node).pid().orElse(-1L) == Long.parseLong(pid));
    }

    private static Stream<String> names(Path folder) {
        if (!Files.isDirectory(folder)) {
            return Stream.empty();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> String.valueOf(file.getFileName())).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
