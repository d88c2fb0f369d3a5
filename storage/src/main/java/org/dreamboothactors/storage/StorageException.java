package org.dreamboothactors.storage;

/** The artifact store could not do what was asked; the message says what, why and what to do. */
public class StorageException extends RuntimeException {
    public StorageException(String message) {
        super(message);
    }

    public StorageException(String message, Throwable cause) {
        super(message, cause);
    }
}
