package org.dreamboothactors.deploy.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.dreamboothactors.deploy.UsageException;
import org.dreamboothactors.protocol.UploadLimits;

/** The files of a photo folder. */
public final class Photos {
    private Photos() {}

    /** All files except hidden ones, by name; the service judges which of them are photos. */
    public static List<Path> in(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new UsageException("Cannot read photos: " + folder + " is not a folder, expected one with 3 to 40"
                    + " photos. Give another --photos");
        }
        try {
            List<Path> files = VisibleFiles.in(folder);
            if (files.isEmpty() || files.size() > UploadLimits.PHOTOS) {
                throw new UsageException("Cannot read photos: " + folder + " holds " + files.size()
                        + " files, expected 3 to 40. Give another --photos");
            }
            return files;
        } catch (IOException e) {
            throw new UsageException("Cannot read photos: " + folder + " cannot be read. " + e, e);
        }
    }
}
