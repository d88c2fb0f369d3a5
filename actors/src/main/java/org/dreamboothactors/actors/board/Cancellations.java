package org.dreamboothactors.actors.board;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.dreamboothactors.protocol.KafkaConnection;
import org.dreamboothactors.protocol.Topics;
import org.dreamboothactors.protocol.v1.Cancel;
import org.dreamboothactors.protocol.v1.RunControl;

/** Asks for the end of runs, on run-control. */
final class Cancellations implements AutoCloseable {
    private static final int LONGEST_SEND_MILLIS = 10_000;

    private final KafkaProducer<String, byte[]> producer;
    private final Executor blocking;

    Cancellations(KafkaConnection kafka, Executor blocking) {
        this.blocking = blocking;
        producer = new KafkaProducer<>(
                kafka.with(Map.of(
                        "acks",
                        "all",
                        "enable.idempotence",
                        true,
                        "max.block.ms",
                        LONGEST_SEND_MILLIS,
                        "request.timeout.ms",
                        LONGEST_SEND_MILLIS / 2,
                        "delivery.timeout.ms",
                        LONGEST_SEND_MILLIS)),
                new StringSerializer(),
                new ByteArraySerializer());
    }

    /** Done when the broker has the command; told twice it is the same command. */
    CompletionStage<Void> cancel(String runId) {
        RunControl command = RunControl.newBuilder()
                .setRunId(runId)
                .setControlId("dashboard-cancel-" + runId)
                .setCancel(Cancel.newBuilder().setReason("cancelled on the dashboard"))
                .build();
        return CompletableFuture.runAsync(
                () -> send(new ProducerRecord<>(Topics.RUN_CONTROL, runId, command.toByteArray())), blocking);
    }

    private void send(ProducerRecord<String, byte[]> command) {
        try {
            producer.send(command).get(2L * LONGEST_SEND_MILLIS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new CompletionException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CompletionException(e);
        }
    }

    @Override
    public void close() {
        producer.close(Duration.ofMillis(LONGEST_SEND_MILLIS));
    }
}
