package org.dreamboothactors.deploy.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What people mean by the files of a folder. */
final class VisibleFiles {
    private VisibleFiles() {}

    /** All but folders and hidden ones, by name. */
    static List<Path> in(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(Files::isRegularFile)
                    .filter(file -> !String.valueOf(file.getFileName()).startsWith("."))
                    .sorted()
                    .toList();
        }
    }
}
