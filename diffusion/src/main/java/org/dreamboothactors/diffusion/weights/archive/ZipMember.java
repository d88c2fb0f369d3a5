package org.dreamboothactors.diffusion.weights.archive;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import org.dreamboothactors.diffusion.weights.TensorBytes;

/**
 * A member of a zip archive.
 *
 * @param bytes where its content lies, mapped when it is stored as it is
 */
public record ZipMember(String name, TensorBytes bytes) {

    /** The content; refuses more than {@code mostBytes}. */
    public byte[] content(int mostBytes) throws IOException {
        if (bytes.sizeBytes() > mostBytes) {
            throw new IllegalArgumentException(
                    "Cannot read " + name + ": it is " + bytes.sizeBytes() + " bytes, expected at most " + mostBytes);
        }
        try (Arena arena = Arena.ofConfined()) {
            return bytes.open(arena).toArray(ValueLayout.JAVA_BYTE);
        }
    }
}
