package org.dreamboothactors.actors.work;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.Optional;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.dreamboothactors.protocol.Topics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a queue has taken of its topic: one record or none. Belongs to the queue's thread.
 *
 * <p>Kafka's client goes on fetching until it has locked a record, also while nobody polls. So one may come while the
 * device is another queue's; it is passed on, for a node with an idle device to take it. That costs one of its
 * deliveries: a record that has been passed around for long is kept until the device is free.
 */
final class Hand {
    private static final Logger LOG = LoggerFactory.getLogger(Hand.class);
    private static final Duration DEFAULT_LOCK = Duration.ofSeconds(30);
    private static final Duration MOMENT = Duration.ofMillis(1);
    private static final int PASSED_AROUND = 4;

    private final KafkaShareConsumer<String, byte[]> consumer;
    private final InstantSource clock;
    private Optional<RecordLock> kept = Optional.empty();
    private Instant looked;
    private boolean fetching = true;

    Hand(KafkaShareConsumer<String, byte[]> consumer, InstantSource clock) {
        this.consumer = consumer;
        this.clock = clock;
        this.looked = clock.instant();
    }

    /** A record to work on at once, whose lock is fresh. */
    Optional<RecordLock> take(Duration atMost) {
        Optional<RecordLock> next = kept.or(() -> look(atMost));
        kept = Optional.empty();
        return next.filter(Hand::isOurs);
    }

    /** Gives a record that came meanwhile to others. Returns one that is here for the last time: nobody gets it any more. */
    Optional<RecordLock> passOn() {
        kept = kept.filter(Hand::isOurs);
        if (fetching) {
            kept = look(MOMENT);
            if (kept.isPresent() && kept.get().delivery() < PASSED_AROUND) {
                kept.get().answer(AcknowledgeType.RELEASE);
                kept = Optional.empty();
            }
        }
        Optional<RecordLock> last = kept.filter(lock -> lock.delivery() >= Topics.DELIVERIES);
        kept = last.isPresent() ? Optional.empty() : kept;
        return last;
    }

    private Optional<RecordLock> look(Duration atMost) {
        Instant notLockedBefore = fetching ? looked : clock.instant();
        Iterator<ConsumerRecord<String, byte[]>> records = consumer.poll(atMost).iterator();
        looked = clock.instant();
        fetching = !records.hasNext();
        if (fetching) {
            return Optional.empty();
        }
        Duration length =
                consumer.acquisitionLockTimeoutMs().map(Duration::ofMillis).orElse(DEFAULT_LOCK);
        return Optional.of(new RecordLock(consumer, records.next(), notLockedBefore, length, clock));
    }

    private static boolean isOurs(RecordLock lock) {
        if (lock.isOld() && !lock.keep()) {
            LOG.info(
                    "{} of {} came too late and went to another",
                    lock.record().key(),
                    lock.record().topic());
            return false;
        }
        return true;
    }
}
