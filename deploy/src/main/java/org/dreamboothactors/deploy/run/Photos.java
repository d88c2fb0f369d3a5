package org.dreamboothactors.deploy.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.dreamboothactors.deploy.UsageException;

/** The files of a photo folder. */
public final class Photos {
    /** Far more than are wanted: a folder with more is the wrong one. */
    private static final int MOST_FILES = 200;

    private Photos() {}

    /** All files except hidden ones, by name; the service judges which of them are photos. */
    public static List<Path> in(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new UsageException("Cannot read photos: " + folder + " is not a folder, expected one with 3 to 40"
                    + " photos. Give another --photos");
        }
        try (Stream<Path> entries = Files.list(folder)) {
            List<Path> files = entries.filter(Files::isRegularFile)
                    .filter(file -> !String.valueOf(file.getFileName()).startsWith("."))
                    .sorted()
                    .toList();
            if (files.isEmpty() || files.size() > MOST_FILES) {
                throw new UsageException("Cannot read photos: " + folder + " holds " + files.size()
                        + " files, expected 3 to 40. Give another --photos");
            }
            return files;
        } catch (IOException e) {
            throw new UsageException("Cannot read photos: " + folder + " cannot be read. " + e, e);
        }
    }
}
