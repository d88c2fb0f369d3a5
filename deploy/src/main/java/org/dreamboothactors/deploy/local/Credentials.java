package org.dreamboothactors.deploy.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.dreamboothactors.deploy.UsageException;

/** Keys of a store; never shown. */
public record Credentials(String accessKey, String secretKey) {

    /** Those of the embedded store: made at first start, kept in a file for its owner alone. */
    static Credentials keptIn(Path file) {
        if (!Files.exists(file)) {
            OwnerOnlyFile.write(file, Configuration.secret() + "\n" + Configuration.secret() + "\n");
        }
        try {
            List<String> lines = Files.readAllLines(file);
            if (lines.size() < 2 || lines.get(0).isBlank() || lines.get(1).isBlank()) {
                throw new UsageException("Cannot read " + file + ": " + lines.size()
                        + " lines, expected access key and secret key. Remove it and start again");
            }
            return new Credentials(lines.get(0), lines.get(1));
        } catch (IOException e) {
            throw new UsageException("Cannot read " + file + ": " + e + ", expected a readable file", e);
        }
    }

    @Override
    public String toString() {
        return "Credentials[hidden]";
    }
}
