package org.dreamboothactors.actors.work;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lock of the record in work, as its one holder sees it. Belongs to the queue's thread.
 *
 * <p>The broker answers a renewal by sending the record once more, and takes no other word on it before that was
 * received: so after a renewal the record is on its way, and in hand when it has come back. The lock's end is counted
 * by a {@link SteadyClock}: a machine that slept has lost it, and one whose clock is set back has it no longer for that.
 */
final class RecordLock {
    private static final Logger LOG = LoggerFactory.getLogger(RecordLock.class);
    private static final Duration COMMIT = Duration.ofSeconds(10);
    private static final Duration POLL = Duration.ofMillis(200);

    private final KafkaShareConsumer<String, byte[]> consumer;
    private final InstantSource clock;
    private final Duration length;
    private ConsumerRecord<String, byte[]> record;
    private Instant end;
    private boolean inHand = true;

    /**
     * A lock on a record that was just received.
     *
     * @param since when it was not locked yet
     */
    RecordLock(
            KafkaShareConsumer<String, byte[]> consumer,
            ConsumerRecord<String, byte[]> record,
            Instant since,
            Duration length,
            InstantSource clock) {
        this.consumer = consumer;
        this.record = record;
        this.length = length;
        this.end = since.plus(length);
        this.clock = clock;
    }

    ConsumerRecord<String, byte[]> record() {
        return record;
    }

    /** How often the record was given out, this time included. */
    int delivery() {
        return record.deliveryCount().map(Short::intValue).orElse(1);
    }

    /** A third of the lock: two renewals may fail. */
    Duration renewEvery() {
        return length.dividedBy(3);
    }

    /** Whether less than two thirds of the lock are left. */
    boolean isOld() {
        return clock.instant().isAfter(end.minus(renewEvery().multipliedBy(2)));
    }

    /** Renews the lock. Returns whether the record is still ours. */
    boolean keep() {
        Instant asked = clock.instant();
        boolean renewed = inHand && say(AcknowledgeType.RENEW);
        if (renewed) {
            end = asked.plus(length);
        }
        boolean wasLocked = renewed || !inHand;
        inHand = false;
        receive();
        if (inHand && !wasLocked) { // a broker that was restarted forgot who had it and gave it to us anew
            end = asked.plus(length);
        }
        return inHand || clock.instant().isBefore(end);
    }

    /** Says the last word on the record. Returns whether it counted; otherwise it is given out again. */
    boolean answer(AcknowledgeType type) {
        while (!inHand && clock.instant().isBefore(end)) {
            receive();
        }
        return inHand && say(type);
    }

    /** Looks for the record to come back. */
    private void receive() {
        try {
            for (ConsumerRecord<String, byte[]> come : consumer.poll(POLL)) {
                if (come.partition() == record.partition() && come.offset() == record.offset()) {
                    record = come;
                    inHand = true;
                } else { // ours is gone, and one is enough
                    consumer.acknowledge(come, AcknowledgeType.RELEASE);
                    consumer.commitSync(COMMIT);
                }
            }
        } catch (KafkaException | IllegalStateException e) {
            LOG.debug("{} of {} did not come back: {}", record.key(), record.topic(), e.toString());
        }
    }

    private boolean say(AcknowledgeType type) {
        try {
            consumer.acknowledge(record, type);
            for (Optional<KafkaException> failure : consumer.commitSync(COMMIT).values()) {
                if (failure.isPresent()) {
                    throw failure.get();
                }
            }
            return true;
        } catch (KafkaException | IllegalStateException e) { // the latter: the broker was restarted
            LOG.warn("{} of {}: {} did not count: {}", record.key(), record.topic(), type, e.toString());
            return false;
        }
    }
}
