package org.dreamboothactors.actors.work;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.dreamboothactors.actors.device.Device;
import org.dreamboothactors.protocol.Topics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes records of a work queue one by one, while it holds its device, and keeps the record's lock while a worker is
 * busy with it.
 *
 * <p>A Kafka share group with explicit acknowledgement. The lock is the failure detector: when this process dies, hangs
 * or sleeps, the record goes to another when the lock ends. {@link #run} belongs to one thread; {@link #stop} may come
 * from any.
 */
final class ShareQueue<T extends Message> {
    private static final Logger LOG = LoggerFactory.getLogger(ShareQueue.class);
    /** How long the device is kept from its other queues to look for a record. */
    private static final Duration POLL = Duration.ofMillis(150);
    /** Shorter than a poll, so that a poll that finds nothing leaves no long fetch under way. */
    private static final int FETCH_MILLIS = 50;
    /** Queues wait for their device as long as it trains, and are no less members of their group. */
    private static final int LONGEST_PAUSE_BETWEEN_POLLS_MILLIS =
            Math.toIntExact(Duration.ofDays(7).toMillis());

    /** Workers that die tell nobody why. So the last delivery is kept for saying that the others were in vain. */
    private static final int TRIES = Topics.DELIVERIES - 1;

    private static final Duration TURN = Duration.ofSeconds(1);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private final QueueSettings<T> settings;
    private final Device device;
    private final Worker<T> worker;
    private final Fitness fitness;
    private final Listener listener;
    private final InstantSource clock;
    private final CountDownLatch stopped = new CountDownLatch(1);
    /** Before the next record: what was given back is for others first. */
    private Duration pause = Duration.ZERO;

    private Duration backOff = Duration.ZERO;

    ShareQueue(
            QueueSettings<T> settings,
            Device device,
            Worker<T> worker,
            Fitness fitness,
            Listener listener,
            InstantSource clock) {
        this.settings = settings;
        this.device = device;
        this.worker = worker;
        this.fitness = fitness;
        this.listener = listener;
        this.clock = clock;
    }

    /** Hears what the queue is doing, on its thread or the worker's. */
    interface Listener {
        void working(String work);

        void idle();

        /** No record is taken for a while. */
        void unfit(String ailment);
    }

    /** Works until stopped. Throws what the broker or a worker threw. */
    void run() throws InterruptedException {
        while (stopped.getCount() > 0) {
            awaitFitness();
            serve();
        }
    }

    /** While something is out of order there is no consumer: it would lock the next record, and nobody else had it. */
    private void awaitFitness() throws InterruptedException {
        while (stopped.getCount() > 0 && fitness.isSuspicious()) {
            Optional<String> ailment = ailment();
            if (ailment.isPresent()) {
                LOG.warn("{} takes no record of {}: {}", device.name(), settings.topic(), ailment.get());
                listener.unfit(ailment.get());
                var _ = stopped.await(LONGEST_PAUSE.toMillis(), TimeUnit.MILLISECONDS);
            }
        }
    }

    /** Empty as well while another queue has the device. */
    private Optional<String> ailment() throws InterruptedException {
        Optional<Device.Turn> turn = device.takeTurn(TURN);
        if (turn.isEmpty()) {
            return Optional.empty();
        }
        try (Device.Turn held = turn.get()) {
            return fitness.ailment(held);
        }
    }

    /** Until stopped, or too much has failed. */
    private void serve() throws InterruptedException {
        try (KafkaShareConsumer<String, byte[]> consumer = consumer();
                ExecutorService workers = Executors.newSingleThreadExecutor(Thread.ofPlatform()
                        .daemon()
                        .name("work-" + settings.topic())
                        .factory())) {
            consumer.subscribe(List.of(settings.topic()));
            listener.idle();
            Hand hand = new Hand(consumer, clock);
            while (stopped.getCount() > 0 && !fitness.isSuspicious()) {
                pause = Duration.ZERO;
                Optional<Device.Turn> turn = device.takeTurn(TURN);
                if (turn.isPresent()) {
                    try (Device.Turn held = turn.get()) {
                        work(hand, held, workers);
                    }
                } else {
                    Optional<RecordLock> last = hand.passOn();
                    if (last.isPresent()) {
                        bury(last.get(), workers);
                    }
                }
                var _ = stopped.await(pause.toMillis(), TimeUnit.MILLISECONDS);
            }
        }
    }

    /** Gives the record in work back soon and ends {@link #run}. */
    void stop() {
        stopped.countDown();
    }

    private KafkaShareConsumer<String, byte[]> consumer() {
        return new KafkaShareConsumer<>(
                settings.kafka()
                        .with(Map.of(
                                "group.id",
                                settings.group(),
                                "share.acknowledgement.mode",
                                "explicit",
                                "share.acquire.mode",
                                "record_limit",
                                "max.poll.records",
                                1,
                                "fetch.max.wait.ms",
                                FETCH_MILLIS,
                                "max.poll.interval.ms",
                                LONGEST_PAUSE_BETWEEN_POLLS_MILLIS,
                                "connections.max.idle.ms",
                                LONGEST_PAUSE_BETWEEN_POLLS_MILLIS)),
                new StringDeserializer(),
                new ByteArrayDeserializer());
    }

    /** One record, and before it those that only let others pass. */
    private void work(Hand hand, Device.Turn turn, ExecutorService workers) throws InterruptedException {
        boolean passing = true;
        while (passing && stopped.getCount() > 0) {
            Optional<RecordLock> lock = hand.take(POLL);
            passing = lock.isPresent() && receive(lock.get(), turn, workers);
            if (lock.isPresent()) {
                listener.idle();
            }
        }
    }

    /** Whether the record let others pass. */
    private boolean receive(RecordLock lock, Device.Turn turn, ExecutorService workers) throws InterruptedException {
        if (lock.delivery() >= Topics.DELIVERIES) {
            bury(lock, workers);
            return false;
        }
        Optional<T> request = read(lock);
        return request.isPresent() && deliver(request.get(), lock, turn, workers);
    }

    /** Tells of a record that nobody gets any more that it was in vain; that needs no device. */
    private void bury(RecordLock lock, ExecutorService workers) throws InterruptedException {
        Optional<T> request = read(lock);
        if (request.isPresent()) {
            giveUp(
                    request.get(),
                    lock,
                    shift(lock),
                    workers,
                    "it was tried " + TRIES + " times, and nobody came to an end with it");
        }
    }

    private Optional<T> read(RecordLock lock) {
        try {
            byte[] value = lock.record().value();
            if (value == null) {
                throw new InvalidProtocolBufferException("it has no value");
            }
            return Optional.of(settings.parser().parseFrom(value));
        } catch (InvalidProtocolBufferException e) {
            LOG.warn("{} at {} is no message of {}", key(lock), lock.record().offset(), settings.topic(), e);
            lock.answer(AcknowledgeType.REJECT);
            return Optional.empty();
        }
    }

    private Attendance shift(RecordLock lock) {
        return new Attendance(() -> stopped.getCount() == 0, lock.delivery(), listener);
    }

    private boolean deliver(T request, RecordLock lock, Device.Turn turn, ExecutorService workers)
            throws InterruptedException {
        Attendance shift = shift(lock);
        listener.working(key(lock));
        long losses = device.losses();
        Future<Outcome> work = workers.submit(() -> worker.work(request, turn, shift));
        try {
            Outcome outcome = attend(work, lock, shift);
            boolean deviceLost = device.losses() > losses; // also where the record is done: help with another's run
            if (deviceLost) {
                fitness.failed();
            }
            switch (outcome) {
                case Outcome.Done _ -> {
                    backOff = Duration.ZERO;
                    if (!deviceLost) {
                        fitness.succeeded();
                    }
                    lock.answer(AcknowledgeType.ACCEPT);
                }
                case Outcome.PutBack _ -> {
                    backOff = Duration.ZERO;
                    lock.answer(AcknowledgeType.ACCEPT);
                }
                case Outcome.Again(String reason) -> {
                    LOG.info("{} of {} is given back: {}", key(lock), settings.topic(), reason);
                    backOff = longer(backOff);
                    pause = backOff;
                    giveBack(request, lock, shift, workers, reason);
                }
            }
            return outcome instanceof Outcome.PutBack;
        } catch (ExecutionException e) {
            LOG.warn("{} of {} failed and is given back", key(lock), settings.topic(), e.getCause());
            fitness.failed();
            giveBack(request, lock, shift, workers, String.valueOf(e.getCause()));
            throw new IllegalStateException(String.valueOf(e.getCause()), e.getCause());
        }
    }

    /** Waits for the worker, as long as it takes: it has the device. */
    private Outcome attend(Future<Outcome> work, RecordLock lock, Attendance shift)
            throws InterruptedException, ExecutionException {
        while (true) {
            try {
                return work.get(lock.renewEvery().toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException stillBusy) {
                if (!shift.lost() && !lock.keep()) {
                    LOG.warn("{} of {} was lost to another worker", key(lock), settings.topic());
                    shift.lose();
                }
            }
        }
    }

    private void giveBack(T request, RecordLock lock, Attendance shift, ExecutorService workers, String reason)
            throws InterruptedException {
        if (lock.delivery() < TRIES || shift.over()) {
            lock.answer(AcknowledgeType.RELEASE);
        } else {
            giveUp(
                    request,
                    lock,
                    shift,
                    workers,
                    "it was tried " + lock.delivery() + " times, the last time: " + reason);
        }
    }

    /** The broker may be slow to take the word; without the record's lock nobody would know then that it is told. */
    private void giveUp(T request, RecordLock lock, Attendance shift, ExecutorService workers, String reason)
            throws InterruptedException {
        Future<Outcome> told = workers.submit(() -> worker.fail(request, reason));
        try {
            attend(told, lock, shift);
            lock.answer(AcknowledgeType.REJECT);
        } catch (ExecutionException e) {
            throw new IllegalStateException("Cannot tell that " + key(lock) + " failed: " + e.getCause(), e.getCause());
        }
    }

    private static Duration longer(Duration backOff) {
        Duration doubled = backOff.isZero() ? FIRST_PAUSE : backOff.multipliedBy(2);
        return doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
    }

    private static String key(RecordLock lock) {
        return lock.record().key();
    }
}
