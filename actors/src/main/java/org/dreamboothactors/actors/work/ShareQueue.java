package org.dreamboothactors.actors.work;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.dreamboothactors.actors.device.Device;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes records of a work queue one by one, while it holds its device, and keeps the record's lock while a worker is
 * busy with it.
 *
 * <p>A Kafka share group with explicit acknowledgement. The lock is the failure detector: when this process dies, hangs
 * or sleeps, the record goes to another after 30 s. Renewing it makes the broker send the record again; it is
 * recognised by its offset and not started a second time. {@link #run} belongs to one thread; {@link #stop} may come
 * from any.
 */
final class ShareQueue<T extends Message> {
    private static final Logger LOG = LoggerFactory.getLogger(ShareQueue.class);
    private static final Duration POLL = Duration.ofMillis(200);
    /** A third of the lock's 30 s. */
    private static final Duration RENEW_EVERY = Duration.ofSeconds(10);

    private final QueueSettings<T> settings;
    private final Device device;
    private final Worker<T> worker;
    private final Listener listener;
    private final AtomicBoolean stopped = new AtomicBoolean();

    ShareQueue(QueueSettings<T> settings, Device device, Worker<T> worker, Listener listener) {
        this.settings = settings;
        this.device = device;
        this.worker = worker;
        this.listener = listener;
    }

    /** Hears what the queue is doing, on its thread or the worker's. */
    interface Listener {
        void working(String work);

        void idle();
    }

    /** Works until stopped. Throws what the broker or a worker threw. */
    void run() throws InterruptedException {
        try (KafkaShareConsumer<String, byte[]> consumer = new KafkaShareConsumer<>(
                        Map.of(
                                "bootstrap.servers",
                                settings.bootstrapServers(),
                                "group.id",
                                settings.group(),
                                "share.acknowledgement.mode",
                                "explicit",
                                "share.acquire.mode",
                                "record_limit",
                                "max.poll.records",
                                1),
                        new StringDeserializer(),
                        new ByteArrayDeserializer());
                ExecutorService workers = Executors.newSingleThreadExecutor(
                        Thread.ofPlatform().name("work-" + settings.topic()).factory())) {
            consumer.subscribe(List.of(settings.topic()));
            listener.idle();
            while (!stopped.get()) {
                try (Device.Turn turn = device.takeTurn()) {
                    for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
                        Optional<RuntimeException> failure = deliver(consumer, record, turn, workers);
                        listener.idle();
                        if (failure.isPresent()) {
                            throw failure.get();
                        }
                    }
                }
            }
        }
    }

    /** Gives the record in work back soon and ends {@link #run}. */
    void stop() {
        stopped.set(true);
    }

    private Optional<RuntimeException> deliver(
            KafkaShareConsumer<String, byte[]> consumer,
            ConsumerRecord<String, byte[]> record,
            Device.Turn turn,
            ExecutorService workers)
            throws InterruptedException {
        T request;
        try {
            request = settings.parser().parseFrom(record.value());
        } catch (InvalidProtocolBufferException e) {
            LOG.warn(
                    "{} {}-{} is no {} message: {}",
                    record.key(),
                    record.topic(),
                    record.offset(),
                    settings.topic(),
                    e.getMessage());
            answer(consumer, record, AcknowledgeType.REJECT);
            return Optional.empty();
        }
        Attendance shift = new Attendance(stopped, listener);
        listener.working(record.key());
        Future<Outcome> work = workers.submit(() -> worker.work(request, turn, shift));
        while (true) {
            try {
                Outcome outcome = work.get(RENEW_EVERY.toMillis(), TimeUnit.MILLISECONDS);
                switch (outcome) {
                    case Outcome.Done _ -> answer(consumer, record, AcknowledgeType.ACCEPT);
                    case Outcome.Again(String reason) -> {
                        LOG.info("{} of {} is given back: {}", record.key(), settings.topic(), reason);
                        answer(consumer, record, AcknowledgeType.RELEASE);
                    }
                }
                return Optional.empty();
            } catch (TimeoutException stillBusy) {
                if (!shift.lost() && !renew(consumer, record)) {
                    LOG.warn("{} of {} was lost to another worker", record.key(), settings.topic());
                    shift.lose();
                }
            } catch (ExecutionException e) {
                LOG.warn("{} of {} failed and is given back", record.key(), settings.topic(), e.getCause());
                answer(consumer, record, AcknowledgeType.RELEASE);
                return Optional.of(new IllegalStateException(String.valueOf(e.getCause()), e.getCause()));
            }
        }
    }

    /** Whether the record is still ours for another 30 s. */
    private boolean renew(KafkaShareConsumer<String, byte[]> consumer, ConsumerRecord<String, byte[]> record) {
        if (!answer(consumer, record, AcknowledgeType.RENEW)) {
            return false;
        }
        // The renewed record must be fetched again before it can be answered again.
        ConsumerRecords<String, byte[]> again = consumer.poll(POLL);
        boolean ours = again.isEmpty();
        for (ConsumerRecord<String, byte[]> other : again) {
            if (other.partition() == record.partition() && other.offset() == record.offset()) {
                ours = true;
            } else {
                answer(consumer, other, AcknowledgeType.RELEASE);
            }
        }
        return ours;
    }

    private boolean answer(
            KafkaShareConsumer<String, byte[]> consumer, ConsumerRecord<String, byte[]> record, AcknowledgeType type) {
        try {
            consumer.acknowledge(record, type);
            for (Optional<KafkaException> failure : consumer.commitSync().values()) {
                if (failure.isPresent()) {
                    LOG.warn(
                            "{} of {}: {} came too late: {}",
                            record.key(),
                            record.topic(),
                            type,
                            failure.get().getMessage());
                    return false;
                }
            }
            return true;
        } catch (IllegalStateException e) { // the broker was restarted and forgot who holds the record
            LOG.warn("{} of {}: {} is not ours to say: {}", record.key(), record.topic(), type, e.getMessage());
            return false;
        }
    }

    /** The shift of one delivery. */
    private static final class Attendance implements Shift {
        private final AtomicBoolean stopped;
        private final Listener listener;
        private final AtomicBoolean lost = new AtomicBoolean();

        Attendance(AtomicBoolean stopped, Listener listener) {
            this.stopped = stopped;
            this.listener = listener;
        }

        @Override
        public boolean over() {
            return stopped.get() || lost.get();
        }

        @Override
        public void says(String work) {
            listener.working(work);
        }

        void lose() {
            lost.set(true);
        }

        boolean lost() {
            return lost.get();
        }
    }
}
