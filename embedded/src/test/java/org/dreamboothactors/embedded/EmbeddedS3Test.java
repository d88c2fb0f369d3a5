package org.dreamboothactors.embedded;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class EmbeddedS3Test {
    /** Every digest would be lost there, and every run would fail after its work was done. */
    @Test
    void refusesAFileSystemThatKeepsNoMetadata() {
        Path withoutAttributes = Path.of("/proc");
        assumeTrue(Files.isDirectory(withoutAttributes), "no file system without extended attributes is at hand");

        assertThatThrownBy(() -> EmbeddedS3.start(withoutAttributes, 0, "access", "secret-secret"))
                .hasMessageContaining("/proc")
                .hasMessageContaining("keeps no extended attributes");
    }
}
