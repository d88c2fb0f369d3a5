package org.dreamboothactors.actors.board;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.pekko.actor.typed.ActorRef;
import org.dreamboothactors.actors.board.FeedView.State;
import org.dreamboothactors.protocol.Events;
import org.dreamboothactors.protocol.KafkaConnection;
import org.dreamboothactors.protocol.Topics;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the board every committed run event from the beginning on, on a thread of its own, no faster than the board
 * takes them. A broker that does not answer is asked again until this is closed.
 */
final class RunEventsFollower implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RunEventsFollower.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_CALL = Duration.ofSeconds(10);
    /** Batches that the board has not folded yet. */
    private static final int BATCHES_AHEAD = 4;

    private static final Duration LAST_ORDERS = Duration.ofSeconds(5);

    private final ActorRef<Board.Command> board;
    private final KafkaConsumer<String, byte[]> consumer;
    private final Semaphore ahead = new Semaphore(BATCHES_AHEAD);
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Thread thread;

    RunEventsFollower(KafkaConnection kafka, ActorRef<Board.Command> board) {
        this.board = board;
        consumer = new KafkaConsumer<>(
                kafka.with(Map.of(
                        "isolation.level",
                        "read_committed",
                        "default.api.timeout.ms",
                        Math.toIntExact(LONGEST_CALL.toMillis()),
                        "enable.auto.commit",
                        false)),
                new StringDeserializer(),
                new ByteArrayDeserializer());
        thread = Thread.ofPlatform().daemon().name("board-run-events").start(this::run);
    }

    private void run() {
        try (consumer) {
            Map<TopicPartition, Long> history = Map.of();
            boolean reached = true;
            while (stopped.getCount() > 0) {
                try {
                    if (consumer.assignment().isEmpty()) {
                        history = begin();
                        reached = true;
                    }
                    if (!consumer.assignment().isEmpty()) {
                        follow(history);
                    }
                } catch (WakeupException closing) {
                    return;
                } catch (KafkaException e) {
                    if (reached) {
                        LOG.warn("The dashboard cannot read {}: {}; it tries again", Topics.RUN_EVENTS, e.getMessage());
                    }
                    reached = false;
                    tell(State.LOST, String.valueOf(e.getMessage()));
                }
                var _ = stopped.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Takes all partitions from their beginning; returns where history ends. No partitions: the topic is not there. */
    private Map<TopicPartition, Long> begin() {
        tell(State.READING, "");
        List<TopicPartition> partitions = consumer.partitionsFor(Topics.RUN_EVENTS).stream()
                .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                .toList();
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        return ends;
    }

    private void follow(Map<TopicPartition, Long> history) throws InterruptedException {
        boolean reading = true;
        while (stopped.getCount() > 0) {
            List<RunEvent> events = new ArrayList<>();
            for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
                parse(record).ifPresent(events::add);
            }
            if (!events.isEmpty()) {
                hand(events);
            }
            if (reading
                    && history.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue())) {
                reading = false;
                tell(State.LIVE, "");
            }
        }
    }

    private void hand(List<RunEvent> events) throws InterruptedException {
        while (!ahead.tryAcquire(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
            if (stopped.getCount() == 0) {
                return;
            }
        }
        board.tell(new Board.History(events, ahead::release));
    }

    private static Optional<RunEvent> parse(ConsumerRecord<String, byte[]> record) {
        Optional<RunEvent> event = Events.read(record.value());
        if (event.isEmpty()) {
            LOG.warn("{}-{}@{} is no run event", record.topic(), record.partition(), record.offset());
        }
        return event;
    }

    private void tell(State state, String reason) {
        board.tell(new Board.Feed(new FeedView(FeedView.HISTORY, state, reason)));
    }

    @Override
    public void close() {
        stopped.countDown();
        consumer.wakeup();
        try {
            thread.join(LAST_ORDERS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
