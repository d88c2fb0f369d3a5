package org.dreamboothactors.storage;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** A file of this machine, not the store, is what fails a transfer. */
final class LocalFileException extends IOException {
    private static final long serialVersionUID = 1;

    /** Whether it may end by itself: a full disk is emptied, a file that is gone stays gone. */
    private final boolean passing;

    private LocalFileException(String message, IOException cause, boolean passing) {
        super(message, cause);
        this.passing = passing;
    }

    static LocalFileException reading(Object file, IOException cause) {
        return new LocalFileException(file + " cannot be read (" + cause + ")", cause, false);
    }

    static LocalFileException writing(Object file, IOException cause) {
        boolean stays = cause instanceof AccessDeniedException
                || cause instanceof FileAlreadyExistsException
                || cause instanceof NoSuchFileException
                || cause instanceof NotDirectoryException;
        return new LocalFileException(file + " cannot be written (" + cause + ")", cause, !stays);
    }

    boolean mayPass() {
        return passing;
    }
}
