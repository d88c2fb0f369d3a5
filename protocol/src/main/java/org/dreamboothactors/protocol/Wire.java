package org.dreamboothactors.protocol;

import org.dreamboothactors.protocol.v1.StoredObject;
import org.dreamboothactors.storage.Stored;

/** Objects of the store in messages, and back. */
public final class Wire {
    private Wire() {}

    public static StoredObject message(Stored stored) {
        return StoredObject.newBuilder()
                .setKey(stored.key())
                .setSizeBytes(stored.sizeBytes())
                .setSha256(stored.sha256())
                .build();
    }

    public static Stored stored(StoredObject message) {
        return new Stored(message.getKey(), message.getSizeBytes(), message.getSha256());
    }
}
