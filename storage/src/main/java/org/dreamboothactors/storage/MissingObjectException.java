package org.dreamboothactors.storage;

/** The store itself says that it has no object of that name. */
public final class MissingObjectException extends StorageException {
    private static final long serialVersionUID = 1;

    MissingObjectException(String message, Throwable cause) {
        super(message, cause);
    }
}
