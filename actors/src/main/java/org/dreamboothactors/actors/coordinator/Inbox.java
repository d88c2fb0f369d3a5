package org.dreamboothactors.actors.coordinator;

import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.utils.Utils;
import org.dreamboothactors.protocol.Events;
import org.dreamboothactors.protocol.Ids;
import org.dreamboothactors.protocol.Topics;
import org.dreamboothactors.protocol.v1.DrawRequested;
import org.dreamboothactors.protocol.v1.EraseRequested;
import org.dreamboothactors.protocol.v1.RunCancelled;
import org.dreamboothactors.protocol.v1.RunControl;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.protocol.v1.RunRequested;
import org.dreamboothactors.protocol.v1.SubjectUpload;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns what clients write into facts, and what makes no sense into dead letters. For the records of one transaction. */
final class Inbox {
    private static final Logger LOG = LoggerFactory.getLogger(Inbox.class);
    private static final int LONGEST_MESSAGE = 1000; // characters of a header
    /** Bytes. What is made of a record, a fact or a dead letter, has to fit into the 1 MiB of a record with it. */
    private static final int LARGEST_VALUE = 1_000_000;

    private static final int LONGEST_KEY = 1000; // bytes of a dead letter's

    private final int partitions;
    private final Function<String, RunState> known;
    private final Map<String, RunState> ahead = new HashMap<>();

    /**
     * An inbox without records.
     *
     * @param partitions of each of the topics that meet here
     * @param known what is known of a run
     */
    Inbox(int partitions, Function<String, RunState> known) {
        this.partitions = partitions;
        this.known = known;
    }

    private sealed interface Reading {
        record Fact(RunEvent event) implements Reading {}

        /** Said before, or too late to matter. */
        record Nothing() implements Reading {}

        record Poison(String message) implements Reading {}
    }

    /** What to write because of a record, if anything. */
    Optional<ProducerRecord<byte[], byte[]>> answer(ConsumerRecord<byte[], byte[]> record) {
        return switch (read(record)) {
            case Reading.Fact(RunEvent event) -> {
                ahead.put(event.getRunId(), run(event.getRunId()).after(event)); // the next record may say the same
                yield Optional.of(Announcements.fact(event));
            }
            case Reading.Nothing _ -> Optional.empty();
            case Reading.Poison(String message) -> {
                LOG.warn("{} {} is a dead letter: {}", record.topic(), record.offset(), message);
                yield Optional.of(deadLetter(record, message));
            }
        };
    }

    private RunState run(String runId) {
        return ahead.getOrDefault(runId, known.apply(runId));
    }

    private Reading read(ConsumerRecord<byte[], byte[]> record) {
        if (record.key() == null || record.value() == null) {
            return new Reading.Poison("key or value is missing, expected a run id and a message");
        }
        if (record.value().length > LARGEST_VALUE) {
            return new Reading.Poison(
                    "the value has " + record.value().length + " bytes, expected at most " + LARGEST_VALUE);
        }
        if (Utils.toPositive(Utils.murmur2(record.key())) % partitions != record.partition()) {
            return new Reading.Poison("the record is in partition " + record.partition()
                    + ", where its run is not coordinated, expected the one that Kafka's murmur2 partitioner chooses");
        }
        String key = new String(record.key(), StandardCharsets.UTF_8);
        if (!Ids.isId(key)) {
            return new Reading.Poison("the key is no run id, expected 1 to 64 of [a-z0-9-]");
        }
        try {
            return record.topic().equals(Topics.SUBJECT_UPLOAD)
                    ? read(key, SubjectUpload.parseFrom(record.value()))
                    : read(key, RunControl.parseFrom(record.value()));
        } catch (InvalidProtocolBufferException e) {
            return new Reading.Poison("the value is no message of this topic: " + e.getMessage());
        }
    }

    private Reading read(String key, SubjectUpload upload) {
        if (!upload.getRunId().equals(key)) {
            return new Reading.Poison("the message's run id is not the record's key");
        }
        return run(key).upload().isPresent()
                ? new Reading.Nothing()
                : new Reading.Fact(Events.event(key, "requested")
                        .setRequested(RunRequested.newBuilder().setUpload(upload))
                        .build());
    }

    private Reading read(String key, RunControl control) {
        if (!control.getRunId().equals(key)) {
            return new Reading.Poison("the message's run id is not the record's key");
        }
        return switch (control.getCommandCase()) {
            case CANCEL ->
                run(key).end().isPresent()
                        ? new Reading.Nothing()
                        : new Reading.Fact(Events.event(key, "cancelled")
                                .setCancelled(RunCancelled.newBuilder()
                                        .setReason(control.getCancel().getReason()))
                                .build());
            case DRAW -> readDraw(key, control);
            case ERASE ->
                run(key).erasure().isDue()
                        ? new Reading.Nothing()
                        : new Reading.Fact(Events.event(
                                        key,
                                        "erase-requested-" + run(key).erasure().rounds())
                                .setEraseRequested(EraseRequested.newBuilder()
                                        .setReason(control.getErase().getReason()))
                                .build());
            case COMMAND_NOT_SET -> new Reading.Poison("the message holds no command that is known here");
        };
    }

    private Reading readDraw(String key, RunControl control) {
        String id = control.getControlId();
        if (!WorkId.isControlId(id)) {
            return new Reading.Poison(
                    "the control id is not usable, expected 1 to 64 of [A-Za-z0-9_-], no class-images-");
        }
        return run(key).draws().containsKey(id)
                ? new Reading.Nothing()
                : new Reading.Fact(Events.event(key, "draw-requested-" + id)
                        .setDrawRequested(DrawRequested.newBuilder()
                                .setControlId(id)
                                .setSamples(control.getDraw().getSamples()))
                        .build());
    }

    /** Key and value as they were, but for what no record can hold; the headers are those of Kafka's own dead letters. */
    private static ProducerRecord<byte[], byte[]> deadLetter(ConsumerRecord<byte[], byte[]> record, String message) {
        ProducerRecord<byte[], byte[]> letter = new ProducerRecord<>(
                Topics.deadLetters(record.topic()),
                beginning(record.key(), LONGEST_KEY),
                beginning(record.value(), LARGEST_VALUE));
        letter.headers()
                .add("__dlq.errors.topic", bytes(record.topic()))
                .add("__dlq.errors.partition", bytes(Integer.toString(record.partition())))
                .add("__dlq.errors.offset", bytes(Long.toString(record.offset())))
                .add("__dlq.errors.group", bytes(Topics.COORDINATORS))
                .add("__dlq.errors.message", bytes(message.substring(0, Math.min(message.length(), LONGEST_MESSAGE))));
        return letter;
    }

    private static byte @Nullable [] beginning(byte @Nullable [] bytes, int most) {
        return bytes == null || bytes.length <= most ? bytes : Arrays.copyOf(bytes, most);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
