package org.dreamboothactors.deploy;

import java.nio.file.Path;

/** The program's folder, where the bundled base model and the demo lie; the launcher says where it is. */
public final class Home {
    private Home() {}

    public static Path folder() {
        return Path.of(System.getProperty("dreambooth.home", ""))
                .toAbsolutePath()
                .normalize();
    }
}
