package org.dreamboothactors.deploy.demo;

import java.nio.file.Files;
import java.nio.file.Path;
import org.dreamboothactors.deploy.UsageException;

/** The bundled photos, numbers and prompts. */
public record DemoFiles(Path folder) {

    /** Those below the program's folder. */
    public static DemoFiles below(Path home) {
        DemoFiles files = new DemoFiles(home.resolve("demo"));
        if (!Files.exists(files.run())) {
            throw new UsageException("Cannot run the demo: " + files.run() + " does not exist, expected the program's"
                    + " folder. Start it by ./dreambooth");
        }
        return files;
    }

    public Path photos() {
        return folder.resolve("photos");
    }

    public Path run() {
        return folder.resolve("run.yaml");
    }

    public Path prompts() {
        return folder.resolve("prompts.txt");
    }
}
