package org.dreamboothactors.storage;

import java.io.IOException;

/** What came back is not what was stored. */
final class CorruptObjectException extends IOException {
    CorruptObjectException(String message) {
        super(message);
    }
}
