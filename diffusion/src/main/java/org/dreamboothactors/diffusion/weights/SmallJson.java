package org.dreamboothactors.diffusion.weights;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Configurations and indices of a model's folder, which may come from strangers: a tree takes many times its file. */
public final class SmallJson {
    /** A hundred times what published models have. */
    private static final long MOST_BYTES = 8L << 20;

    private SmallJson() {}

    /** Reads a file, with the settings of {@code json}. */
    public static JsonNode read(ObjectMapper json, Path file) throws IOException {
        long bytes = Files.size(file);
        if (bytes > MOST_BYTES) {
            throw new IOException("it has " + bytes + " bytes, expected at most " + MOST_BYTES);
        }
        return json.readTree(file.toFile());
    }
}
