package org.dreamboothactors.protocol;

/** Kafka could not do what was asked; the message says what, why and what to do. */
public class BrokerException extends RuntimeException {
    public BrokerException(String message) {
        super(message);
    }

    public BrokerException(String message, Throwable cause) {
        super(message, cause);
    }
}
