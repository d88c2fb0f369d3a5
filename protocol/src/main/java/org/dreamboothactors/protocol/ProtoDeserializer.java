package org.dreamboothactors.protocol;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a topic's messages, for a {@code KafkaConsumer} of one's own:
 *
 * <pre>{@code
 * new KafkaConsumer<>(settings, new StringDeserializer(), new ProtoDeserializer<>(CheckpointReady.parser()))
 * }</pre>
 *
 * <p>Set {@code isolation.level=read_committed}: records of transactions that are taken back are no facts. A record
 * that is too large or no such message throws {@link SerializationException}; Kafka's consumer then says where it lies,
 * so that one can seek past it.
 *
 * @param <T> the topic's message
 */
public final class ProtoDeserializer<T extends Message> implements Deserializer<T> {
    /** Nothing larger is parsed or written; the brokers' own default limit. */
    public static final int LARGEST_RECORD_BYTES = 1 << 20;

    private final Parser<T> parser;

    public ProtoDeserializer(Parser<T> parser) {
        this.parser = parser;
    }

    @Override
    public @Nullable T deserialize(String topic, byte @Nullable [] record) {
        return record == null ? null : message(topic, record);
    }

    T message(String topic, byte[] record) {
        if (record.length > LARGEST_RECORD_BYTES) {
            throw new SerializationException("Cannot read a record of " + topic + ": it is " + record.length
                    + " bytes, expected at most " + LARGEST_RECORD_BYTES);
        }
        try {
            return parser.parseFrom(record);
        } catch (InvalidProtocolBufferException e) {
            throw new SerializationException(
                    "Cannot read a record of " + topic + ": " + e.getMessage() + ", expected a message of that topic",
                    e);
        }
    }
}
