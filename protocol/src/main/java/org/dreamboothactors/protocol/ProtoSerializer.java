package org.dreamboothactors.protocol;

import com.google.protobuf.Message;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * Writes a topic's messages; refuses those that {@link ProtoDeserializer} would refuse to read.
 *
 * @param <T> the topic's message, e.g. {@code SubjectUpload}
 */
public final class ProtoSerializer<T extends Message> implements Serializer<T> {

    @Override
    public byte @Nullable [] serialize(String topic, @Nullable T message) {
        return message == null ? null : bytes(topic, message);
    }

    /** Throws {@link SerializationException} for a message that is too large. */
    static byte[] bytes(String topic, Message message) {
        int size = message.getSerializedSize();
        if (size > ProtoDeserializer.LARGEST_RECORD_BYTES) {
            throw new SerializationException("Cannot write a record of " + topic + ": it is " + size
                    + " bytes, expected at most " + ProtoDeserializer.LARGEST_RECORD_BYTES);
        }
        return message.toByteArray();
    }
}
