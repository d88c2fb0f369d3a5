package org.dreamboothactors.deploy;

/** The user asked for something that cannot be; the message says what to do, no stack trace helps. */
public final class UsageException extends RuntimeException {
    public UsageException(String message) {
        super(message);
    }

    public UsageException(String message, Throwable cause) {
        super(message, cause);
    }
}
