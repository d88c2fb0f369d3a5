package org.dreamboothactors.protocol;

import com.google.protobuf.Message;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Puts a run's records on topics. Safe from any thread. */
final class Publisher implements AutoCloseable {
    private static final int REQUEST_MILLIS = 10_000;
    private static final int DELIVERY_MILLIS = 20_000;
    /** Finding the partition's broker, then delivery. */
    private static final Duration PATIENCE = Duration.ofMillis(REQUEST_MILLIS + DELIVERY_MILLIS + 1_000);

    private static final Duration CLOSING = Duration.ofSeconds(5);

    private final KafkaConnection kafka;
    private final KafkaProducer<String, byte[]> producer;

    Publisher(KafkaConnection kafka) {
        this.kafka = kafka;
        producer = new KafkaProducer<>(
                kafka.with(Map.of(
                        "acks",
                        "all",
                        "enable.idempotence",
                        true,
                        "linger.ms",
                        0, // one record at a time, and someone waits for it
                        "max.block.ms",
                        REQUEST_MILLIS,
                        "request.timeout.ms",
                        REQUEST_MILLIS,
                        "delivery.timeout.ms",
                        DELIVERY_MILLIS)),
                new StringSerializer(),
                new ByteArraySerializer());
    }

    /** Publishes and waits until the brokers have it. */
    void publish(String topic, String runId, Message message) {
        byte[] record = ProtoSerializer.bytes(topic, message);
        try {
            Answers.await(producer.send(new ProducerRecord<>(topic, runId, record)), PATIENCE);
        } catch (ExecutionException e) {
            throw new BrokerException(
                    "Cannot publish run " + runId + " on " + topic + " at " + kafka.bootstrapServers() + ": "
                            + Answers.reason(e)
                            + ". It may have arrived all the same; the same id sent again does no harm",
                    e);
        }
    }

    @Override
    public void close() {
        producer.close(CLOSING);
    }
}
