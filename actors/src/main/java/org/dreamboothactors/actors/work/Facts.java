package org.dreamboothactors.actors.work;

import com.google.protobuf.Message;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.dreamboothactors.protocol.KafkaConnection;
import org.dreamboothactors.protocol.Topics;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.protocol.v1.TrainRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the runs' history what workers found, and other workers what is wanted. Safe from any thread. */
public final class Facts implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Facts.class);

    private static final Duration LAST_WORDS = Duration.ofSeconds(5);

    private final KafkaProducer<String, byte[]> producer;

    public Facts(KafkaConnection kafka) {
        producer = new KafkaProducer<>(
                kafka.with(Map.of("acks", "all", "enable.idempotence", true)),
                new StringSerializer(),
                new ByteArraySerializer());
    }

    /** Appends a fact and waits until the broker has it. */
    public void tell(RunEvent fact) {
        send(List.of(record(fact)), "tell " + fact.getFactCase() + " of run " + fact.getRunId());
    }

    /** Puts a record on {@code train-step} for each of so many devices, and waits until the broker has them. */
    public void call(TrainRequest record, int devices) {
        send(
                Collections.nCopies(
                        devices, new ProducerRecord<>(Topics.TRAIN_STEP, record.getRunId(), record.toByteArray())),
                "call for " + devices + " devices for run " + record.getRunId());
    }

    /** Puts work at the end of its queue, and waits until the broker has it. */
    public void ask(String topic, String runId, Message work) {
        send(List.of(new ProducerRecord<>(topic, runId, work.toByteArray())), "put back work of run " + runId);
    }

    private void send(List<ProducerRecord<String, byte[]>> records, String what) {
        try {
            for (var sent : records.stream().map(producer::send).toList()) {
                var _ = sent.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException(
                    "Cannot " + what + ": " + e.getCause() + ". Check that Kafka is reachable", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Cannot " + what + ": interrupted", e);
        }
    }

    /** Appends a fact that may get lost, such as progress. */
    public void mention(RunEvent fact) {
        var _ = producer.send(record(fact), (_, failure) -> {
            if (failure != null) {
                LOG.debug("{} of run {} got lost: {}", fact.getFactCase(), fact.getRunId(), failure.getMessage());
            }
        });
    }

    private static ProducerRecord<String, byte[]> record(RunEvent fact) {
        return new ProducerRecord<>(Topics.RUN_EVENTS, fact.getRunId(), fact.toByteArray());
    }

    @Override
    public void close() {
        producer.close(LAST_WORDS);
    }
}
