package org.dreamboothactors.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A base model as far as a service reads it before a run wants it: the configurations of the bundled one. */
public final class WithoutWeights {
    private static final Path BUNDLED = Path.of("../base-model");

    private WithoutWeights() {}

    public static Path model(Path folder) throws IOException {
        for (String file :
                List.of("model_index.json", "unet/config.json", "text_encoder/config.json", "vae/config.json")) {
            Path copy = folder.resolve(file);
            Files.createDirectories(copy.resolveSibling(""));
            Files.copy(BUNDLED.resolve(file), copy);
        }
        return folder;
    }
}
