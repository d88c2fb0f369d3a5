package org.dreamboothactors.storage;

import java.io.IOException;

/** What came back is not what was stored; the cause of a {@link StorageException} that says so. */
public final class CorruptObjectException extends IOException {
    CorruptObjectException(String message) {
        super(message);
    }
}
